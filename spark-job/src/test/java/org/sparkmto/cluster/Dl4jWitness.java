package org.sparkmto.cluster;

import static java.util.stream.Collectors.joining;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** DL4J in a process of its own, which computes what our networks compute. */
public final class Dl4jWitness {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private Dl4jWitness() {}

  /**
   * Asks for gradients.
   *
   * @param folder where it logs and unpacks its natives
   * @param weights what {@code Weights} has written
   * @param batch what {@code BatchFile} has written
   * @param answer where it writes vectors by name, as safetensors
   * @param factors of the tasks in one backward pass of a sum
   */
  public static void gradients(
      Path folder, Path weights, Path batch, Path answer, Map<String, Double> factors) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("dl4j-natives"),
                "-cp",
                BuiltFiles.dl4jWitness().stream().map(Path::toString).collect(joining(":")),
                "org.sparkmto.witness.Witness",
                "gradients",
                weights.toString(),
                batch.toString(),
                answer.toString()));
    factors.forEach((task, factor) -> command.add(task + "=" + factor));
    LoggedProcess process =
        LoggedProcess.start(
            "dl4j-witness",
            folder,
            Map.of("OMP_NUM_THREADS", "1", "OMP_WAIT_POLICY", "PASSIVE"),
            command);
    int exit = process.waitFor(DEADLINE);
    if (exit != 0) {
      throw process.failure("ended with " + exit);
    }
  }
}
