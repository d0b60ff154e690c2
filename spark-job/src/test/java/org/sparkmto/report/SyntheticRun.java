package org.sparkmto.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.sparkmto.metric.RelativePerformance.Convention;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.EvaluationLine;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.PhasesLine;
import org.sparkmto.runlog.RestartLine;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.runlog.SharedWeights;
import org.sparkmto.runlog.StepLine;
import org.sparkmto.runlog.TrainingData;
import org.sparkmto.timing.StepPhase;

/**
 * A long run of many tasks in a moment: invented numbers that move as real ones do, written down by
 * the same classes as those of a real run. The numbers say nothing about any method.
 */
final class SyntheticRun {
  private final List<String> tasks;
  private final String method;
  private final String title;
  private final int steps;
  private final Random random;
  private final long seed;
  private boolean gram = true;
  private boolean restarted;
  private List<String> counted = List.of("accuracy");
  private int every = 500;

  SyntheticRun(List<String> tasks, String method, String title, int steps, long seed) {
    this.tasks = tasks;
    this.method = method;
    this.title = title;
    this.steps = steps;
    this.seed = seed;
    random = new Random(seed);
  }

  static List<String> manyTasks(int count) {
    List<String> words =
        List.of(
            "Arched_Eyebrows",
            "Attractive",
            "Bags_Under_Eyes",
            "Bald",
            "Bangs",
            "Big_Lips",
            "Big_Nose",
            "Black_Hair",
            "Blurry",
            "Chubby",
            "Eyeglasses",
            "Goatee",
            "Heavy_Makeup",
            "High_Cheekbones",
            "Mouth_Slightly_Open",
            "Mustache",
            "Narrow_Eyes",
            "Oval_Face",
            "Pale_Skin",
            "Rosy_Cheeks");
    return IntStream.range(0, count)
        .mapToObj(
            k -> words.get(k % words.size()) + (k < words.size() ? "" : "_" + k / words.size()))
        .toList();
  }

  SyntheticRun counting(String... metrics) {
    counted = List.of(metrics);
    return this;
  }

  SyntheticRun withoutGram() {
    gram = false;
    return this;
  }

  SyntheticRun restarted() {
    restarted = true;
    return this;
  }

  SyntheticRun evaluatedEvery(int evaluationSteps) {
    every = evaluationSteps;
    return this;
  }

  Path writeTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(RunHeader.FILE), header().toJson());
    FileSystem disk = FileSystem.newInstanceLocal(new Configuration(false));
    disk.setWriteChecksum(false);
    try (MetricsLog log =
        new MetricsLog(disk, new org.apache.hadoop.fs.Path(directory.toUri()), 0)) {
      for (int step = 0; step < steps; step++) {
        if (restarted && step == steps / 2) {
          log.append(
              new RestartLine(steps * 2 / 5, 2, "rank 1 on node-7 was lost: connection reset"));
          for (int again = steps * 2 / 5; again < step; again++) {
            log.append(step(again));
          }
        }
        log.append(step(step));
        if ((step + 1) % every == 0) {
          log.append(phases(step + 1 - every, step + 1));
          log.append(new EvaluationLine(evaluation("val", step + 1, 0.02, false)));
        }
      }
    }
    Files.writeString(
        directory.resolve(Evaluation.file("test")), evaluation("test", steps, 0, true).toJson());
    return directory;
  }

  private RunHeader header() {
    boolean many = tasks.size() > 8;
    return new RunHeader(
        (many ? "faces-" : "multi-fashion-") + method + "-" + seed,
        method,
        title,
        gram ? "Gram matrix" : "losses",
        "representation",
        List.of(),
        many ? "ResNet-18, 64 x 64" : "LeNet, 36 x 36",
        many ? "faces" : "multi-fashion",
        tasks,
        OptionalLong.of(2),
        OptionalLong.of(steps),
        OptionalLong.of(128),
        OptionalLong.of(11_176_512),
        OptionalLong.of(513L * tasks.size()),
        "run {\n  method { name = "
            + method
            + ", level = representation }\n"
            + "  optimizer { name = sgd, rate = 0.05, momentum = 0.9 }\n"
            + "  steps = "
            + steps
            + "\n}\n",
        Map.of("spark-mto", "0.1.0", "spark", "4.1.3", "java", "17.0.15"),
        "2026-11-22T09:30:00Z",
        OptionalLong.of(seed),
        TrainingData.UNKNOWN);
  }

  private double noise() {
    return random.nextGaussian();
  }

  private StepLine step(int step) {
    int count = tasks.size();
    double progress = step / (double) steps;
    List<Double> losses = new ArrayList<>();
    double[] shared = new double[count];
    List<Double> heads = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      double start = count > 8 ? 0.25 + 0.45 * share(k, 1) : 2.3;
      double end = start * (0.15 + 0.5 * share(k, 2));
      double loss = end + (start - end) * Math.exp(-6 * progress * (0.5 + share(k, 3)));
      boolean unlabelled = count > 8 && share(k, 7) > 0.9 && step % 7 == 0;
      losses.add(unlabelled ? Double.NaN : rounded(loss * Math.exp(0.16 * noise())));
      double drift = (share(k, 4) - 0.5) * 1.4 * (1 - Math.exp(-4 * progress));
      shared[k] = rounded((gram ? 1 + drift + 0.12 * noise() : 1) / count);
      heads.add(rounded(gram ? 1.0 : 1.0 / count));
    }
    List<Double> norms = new ArrayList<>();
    for (int k = 0; gram && k < count; k++) {
      norms.add(rounded(Math.exp(3 * (share(k, 5) - 0.5) - progress + 0.2 * noise())));
    }
    double millis = 12 + Math.abs(noise()) + (step == 0 ? 900 : 0) + (step % 469 == 0 ? 40 : 0);
    return new StepLine(
        step,
        step / 469,
        losses,
        SharedWeights.of(SharedWeights.Blocks.ONE, shared, count),
        heads,
        gram ? Optional.of(norms) : Optional.empty(),
        gram && step % 25 == 0 ? Optional.of(cosines()) : Optional.empty(),
        rounded(0.05 * 0.5 * (1 + Math.cos(Math.PI * progress)) + 1e-4),
        rounded(millis * (count > 8 ? 5 : 1)),
        gram && step % 977 == 400
            ? Optional.of("Gram matrix is singular: two tasks have the same gradient")
            : Optional.empty(),
        Optional.empty());
  }

  private List<List<Double>> cosines() {
    int count = tasks.size();
    List<List<Double>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Double> row = new ArrayList<>();
      for (int j = 0; j < count; j++) {
        double together = Math.cos(5 * (share(i, 6) - share(j, 6))) * (count > 8 ? 0.5 : 0.3);
        row.add(i == j ? 1.0 : rounded(Math.tanh(together + 0.05 * noise())));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Of two ranks, the second of which is the slower one. */
  private static PhasesLine phases(int from, int to) {
    List<PhasesLine.Rank> ranks = new ArrayList<>();
    for (int rank = 0; rank < 2; rank++) {
      Map<String, Double> seconds = new LinkedHashMap<>();
      for (StepPhase phase : StepPhase.values()) {
        seconds.put(
            phase.word(),
            1e-3 * (to - from) * (1 + List.of(StepPhase.values()).indexOf(phase) % 3) * (1 + rank));
      }
      seconds.put(StepPhase.DRIVER.word(), rank == 0 ? 1e-4 * (to - from) : 0);
      seconds.put(StepPhase.EXCHANGE.word(), 1e-3 * (to - from) * (rank == 0 ? 17 : 1));
      ranks.add(new PhasesLine.Rank("node-" + rank, seconds));
    }
    return new PhasesLine(to, from, ranks);
  }

  private Evaluation evaluation(String split, int step, double better, boolean last) {
    Map<String, Map<String, Double>> all = new LinkedHashMap<>();
    double[] sums = new double[2];
    for (int k = 0; k < tasks.size(); k++) {
      double limit = 0.78 + 0.2 * share(k, 8) + better + 0.01 * share((int) seed, 9);
      double reached = limit * (1 - 0.5 * Math.exp(-5.0 * step / steps)) + 0.004 * noise();
      double accuracy = rounded(Math.min(0.9999, reached));
      double balanced = rounded(Math.min(0.9999, 0.94 * reached));
      all.put(tasks.get(k), values(accuracy, balanced));
      sums[0] += accuracy / tasks.size();
      sums[1] += balanced / tasks.size();
    }
    return new Evaluation(
        split,
        step,
        all,
        values(sums[0], sums[1]),
        last
            ? Optional.of(
                new Evaluation.Delta(
                    100 * (0.9 - sums[0]),
                    100 * (0.91 - sums[0]),
                    Convention.DROP.text(),
                    tasks.stream().collect(Collectors.toMap(t -> t, t -> counted)),
                    "runs/single-task"))
            : Optional.empty());
  }

  private static Map<String, Double> values(double accuracy, double balanced) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("accuracy", accuracy);
    values.put("balanced-accuracy", balanced);
    return values;
  }

  /** A fixed number in [0, 1) for a task and a purpose. */
  private static double share(int task, int purpose) {
    double value = Math.sin(task * 12.9898 + purpose * 78.233) * 43758.5453;
    return value - Math.floor(value);
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e6) / 1e6;
  }

  /** Writes examples to look at: {@code SyntheticRun FOLDER}. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    List<String> two = List.of("left", "right");
    Path a =
        new SyntheticRun(two, "imtl", "IMTL", 3000, 1).restarted().writeTo(folder.resolve("a"));
    Path b =
        new SyntheticRun(two, "ew", "Equal weights", 3000, 2)
            .withoutGram()
            .writeTo(folder.resolve("b"));
    Path c = new SyntheticRun(two, "cagrad", "CAGrad", 3000, 3).writeTo(folder.resolve("c"));
    Path d =
        new SyntheticRun(manyTasks(40), "imtl-g", "IMTL-G", 6000, 4).writeTo(folder.resolve("d"));
    Report.write(List.of(a), folder.resolve("two-tasks"));
    Report.write(List.of(d), folder.resolve("forty-tasks"));
    Report.write(List.of(a, b, c), folder.resolve("comparison"));
  }
}
