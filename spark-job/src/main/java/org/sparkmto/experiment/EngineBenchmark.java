package org.sparkmto.experiment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkmto.metric.Median;
import org.sparkmto.trial.EngineSteps;
import org.sparkmto.trial.SyntheticData;
import org.sparkmto.trial.SyntheticProblem;

/**
 * Compares libtorch with DL4J, what one would otherwise take on the JVM: the forward and the
 * backward pass of the same networks with the same weights on the same batch. DL4J computes in a
 * process of its own; the two take turns, step after step, so that a drift of the machine meets
 * both alike.
 */
public final class EngineBenchmark {
  private static final String WITNESS = "org.sparkmto.witness.Witness";
  private static final String FORM = "%-38s %12s %10s %8s %14s %10s %8s%n";
  private static final int WARM_UP = 2;

  private final Path jars;
  private final int threads;
  private final int steps;

  /**
   * A comparison.
   *
   * @param jars folder of the jars of DL4J and of its program
   * @param threads that each engine computes with
   * @param steps timed steps of each
   */
  public EngineBenchmark(Path jars, int threads, int steps) {
    if (threads < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "threads = %d, steps = %d: both must be 1 or more".formatted(threads, steps));
    }
    this.jars = jars;
    this.threads = threads;
    this.steps = steps;
  }

  /**
   * Measures, and prints a line of each network as it is known.
   *
   * @param quick whether on the smallest images alone: that it works, no more
   * @throws IOException if DL4J does not answer
   */
  public void run(boolean quick, PrintWriter console) throws IOException {
    Map<String, SyntheticProblem> networks = new LinkedHashMap<>();
    if (quick) {
      networks.put("DeepLab of width 16, 16x16, batch 2", SyntheticProblem.mixed(16, 2));
    } else {
      networks.put("DeepLab of width 16, 64x64, batch 8", SyntheticProblem.mixed(64, 8));
      networks.put(
          "ResNet-18, 64x64, batch 32, 40 tasks",
          // With tasks of whole images alone and this stride a DeepLab is a residual network.
          new SyntheticProblem(
              "deeplab",
              Map.of("depth", 18L, "width", 64L, "stride", 32L),
              SyntheticData.of("celeba", 64, 64),
              32));
    }
    double loadBefore = StepBenchmark.load();
    console.printf(
        "Forward and backward pass, float32, %d thread(s): medians of %d steps in turns, and mean"
            + " processor time%n%n",
        threads, steps);
    console.printf(
        FORM, "network", "libtorch ms", "DL4J ms", "ratio", "processor ms", "DL4J", "ratio");
    for (Map.Entry<String, SyntheticProblem> network : networks.entrySet()) {
      console.print(row(network.getKey(), network.getValue()));
      console.flush();
    }
    List<String> words = new ArrayList<>();
    StepBenchmark.environment(loadBefore).forEach((name, value) -> words.add(name + " " + value));
    console.println(System.lineSeparator() + String.join(", ", words));
  }

  private String row(String name, SyntheticProblem problem) throws IOException {
    Path folder = Files.createTempDirectory("spark-mto-engines");
    Path weights = folder.resolve("weights.safetensors");
    Path batch = folder.resolve("batch.safetensors");
    Path errors = folder.resolve("dl4j.log");
    try (EngineSteps ours = new EngineSteps(problem, threads)) {
      ours.write(weights, batch);
      Process dl4j = start(weights, batch, errors);
      try (PrintWriter asks = new PrintWriter(dl4j.outputWriter(StandardCharsets.UTF_8), true);
          BufferedReader answers = dl4j.inputReader(StandardCharsets.UTF_8)) {
        List<Double> own = new ArrayList<>();
        List<Double> other = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        long ownCpu = 0;
        long otherCpu = 0;
        for (int step = -WARM_UP; step < steps; step++) {
          if (step == 0) {
            ownCpu = cpuMillis(ProcessHandle.current());
            otherCpu = cpuMillis(dl4j.toHandle());
          }
          double here = ours.make();
          asks.println();
          String answer = answers.readLine();
          if (answer == null) {
            throw new IOException("DL4J has ended: " + Files.readString(errors).strip());
          }
          if (step >= 0) {
            own.add(here);
            other.add(Double.valueOf(answer));
            ratios.add(Double.parseDouble(answer) / here);
          }
        }
        ownCpu = cpuMillis(ProcessHandle.current()) - ownCpu;
        otherCpu = cpuMillis(dl4j.toHandle()) - otherCpu;
        return FORM.formatted(
            name,
            tenths(Median.of(own)),
            tenths(Median.of(other)),
            tenths(Median.of(ratios)),
            tenths((double) ownCpu / steps),
            tenths((double) otherCpu / steps),
            tenths((double) otherCpu / ownCpu));
      } finally {
        dl4j.destroy();
      }
    } finally {
      for (Path file : List.of(weights, batch, errors, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private Process start(Path weights, Path batch, Path errors) throws IOException {
    ProcessBuilder dl4j =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-Dorg.bytedeco.javacpp.maxbytes=8g",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=12g",
                "-cp",
                jars + "/*",
                WITNESS,
                "steps",
                weights.toString(),
                batch.toString())
            .redirectError(errors.toFile());
    dl4j.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    dl4j.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    return dl4j.start();
  }

  /** What a process has used so far, all its threads together. */
  private static long cpuMillis(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis();
  }

  private static String tenths(double value) {
    return String.format(Locale.ROOT, "%,.1f", value);
  }
}
