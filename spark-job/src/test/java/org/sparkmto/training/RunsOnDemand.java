package org.sparkmto.training;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.TrainingConfiguration;

/**
 * An application that trains what it is asked to, one run after the other, in one Spark: a file
 * {@code NAME.asked} in the folder that is its argument holds a configuration, and its first line
 * may be {@code # resume}. What the run says goes to {@code NAME.console}, how it ended to {@code
 * NAME.ended}. Between runs a file {@code executors} has the number of those that Spark takes for
 * alive. A file {@code end} ends it.
 */
public final class RunsOnDemand {
  static final String RESUME = "# resume";
  static final String DONE = "done";

  private RunsOnDemand() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path folder = Path.of(arguments[0]);
    SparkConf conf = new SparkConf().setAppName("runs on demand");
    Cluster.prepare(conf);
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      int executors = -1;
      while (!Files.exists(folder.resolve("end"))) {
        try (DirectoryStream<Path> asked = Files.newDirectoryStream(folder, "*.asked")) {
          for (Path file : asked) {
            train(spark, file);
          }
        }
        int now = new Cluster(spark).executors();
        if (now != executors) {
          executors = now;
          put(folder, "executors", String.valueOf(now));
        }
        Thread.sleep(10);
      }
    }
  }

  private static void train(JavaSparkContext spark, Path asked)
      throws IOException, InterruptedException {
    String name = asked.getFileName().toString().replace(".asked", "");
    String text = Files.readString(asked);
    Files.delete(asked);
    String end = DONE;
    try (PrintStream console =
        new PrintStream(
            Files.newOutputStream(asked.resolveSibling(name + ".console")),
            true,
            StandardCharsets.UTF_8)) {
      TrainingRun.run(
          spark,
          TrainingConfiguration.parse(text),
          text.startsWith(RESUME) ? TrainingRun.Start.RESUME : TrainingRun.Start.NEW,
          // A run that could not give its lease back had it in this process, which is still there.
          text.startsWith(RESUME),
          console);
    } catch (RuntimeException e) {
      e.printStackTrace();
      end = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    put(asked.getParent(), name + ".ended", end);
  }

  private static void put(Path folder, String name, String text) throws IOException {
    Path partial = Files.writeString(folder.resolve(name + ".partial"), text);
    Files.move(partial, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
