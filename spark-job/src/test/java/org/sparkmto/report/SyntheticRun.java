package org.sparkmto.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.sparkmto.metric.RelativePerformance.Convention;

/**
 * A run directory as training writes it, with invented numbers that move as real ones do. The
 * numbers say nothing about any method.
 */
final class SyntheticRun {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> tasks;
  private final String method;
  private final String title;
  private final int steps;
  private final Random random;
  private final long seed;
  private boolean gram = true;
  private boolean restarted;
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
    Files.writeString(directory.resolve("run.json"), header());
    try (Writer log = Files.newBufferedWriter(directory.resolve("metrics.jsonl"))) {
      for (int step = 0; step < steps; step++) {
        if (restarted && step == steps / 2) {
          log.write(
              "{\"type\":\"restart\",\"step\":"
                  + steps * 2 / 5
                  + ",\"attempt\":2,\"reason\":\"rank 1 on node-7 was lost: connection reset\"}\n");
          for (int again = steps * 2 / 5; again < step; again++) {
            log.write(step(again));
          }
        }
        log.write(step(step));
        if ((step + 1) % every == 0) {
          log.write(evaluation("val", step + 1, 0.02, false) + "\n");
        }
      }
    }
    Files.writeString(
        directory.resolve("evaluation-test.json"), evaluation("test", steps, 0, true));
    return directory;
  }

  private String header() {
    ObjectNode json = JSON.createObjectNode();
    json.put("run", (tasks.size() > 8 ? "faces-" : "multi-fashion-") + method + "-" + seed);
    json.put("method", method).put("methodTitle", title);
    json.put("sight", gram ? "Gram matrix" : "losses").put("level", "representation");
    json.put("network", tasks.size() > 8 ? "ResNet-18, 64 x 64" : "LeNet, 36 x 36");
    json.put("dataset", tasks.size() > 8 ? "faces" : "multi-fashion");
    ArrayNode names = json.putArray("tasks");
    tasks.forEach(names::add);
    json.put("ranks", 2).put("steps", steps).put("globalBatch", 128);
    json.putObject("parameters").put("shared", 11_176_512).put("heads", 513L * tasks.size());
    json.put(
        "configuration",
        "run {\n  method { name = "
            + method
            + ", level = representation }\n"
            + "  optimizer { name = sgd, rate = 0.05, momentum = 0.9 }\n"
            + "  steps = "
            + steps
            + "\n}\n");
    json.putObject("versions")
        .put("spark-mto", "0.1.0")
        .put("Spark", "4.1.3")
        .put("Java", "17.0.15");
    json.put("started", "2026-11-22T09:30:00Z").put("seed", seed);
    return json.toPrettyString();
  }

  private double noise() {
    return random.nextGaussian();
  }

  private String step(int step) throws IOException {
    int count = tasks.size();
    double progress = step / (double) steps;
    ObjectNode json = JSON.createObjectNode();
    json.put("type", "step").put("step", step).put("epoch", step / 469);
    ArrayNode losses = json.putArray("losses");
    ArrayNode shared = json.putArray("shared");
    ArrayNode heads = json.putArray("heads");
    for (int k = 0; k < count; k++) {
      double start = count > 8 ? 0.25 + 0.45 * share(k, 1) : 2.3;
      double end = start * (0.15 + 0.5 * share(k, 2));
      double loss = end + (start - end) * Math.exp(-6 * progress * (0.5 + share(k, 3)));
      if (count > 8 && share(k, 7) > 0.9 && step % 7 == 0) {
        losses.addNull();
      } else {
        losses.add(rounded(loss * Math.exp(0.16 * noise())));
      }
      double drift = (share(k, 4) - 0.5) * 1.4 * (1 - Math.exp(-4 * progress));
      shared.add(rounded((gram ? 1 + drift + 0.12 * noise() : 1) / count));
      heads.add(rounded(gram ? 1.0 : 1.0 / count));
    }
    if (gram) {
      ArrayNode norms = json.putArray("norms");
      for (int k = 0; k < count; k++) {
        norms.add(rounded(Math.exp(3 * (share(k, 5) - 0.5) - progress + 0.2 * noise())));
      }
      if (step % 25 == 0) {
        cosines(json.putArray("cosines"));
      }
    }
    json.put("rate", rounded(0.05 * 0.5 * (1 + Math.cos(Math.PI * progress)) + 1e-4));
    double millis = 12 + Math.abs(noise()) + (step == 0 ? 900 : 0) + (step % 469 == 0 ? 40 : 0);
    json.put("millis", rounded(millis * (count > 8 ? 5 : 1)));
    if (gram && step % 977 == 400) {
      json.put("fallback", "Gram matrix is singular: two tasks have the same gradient");
    }
    return JSON.writeValueAsString(json) + "\n";
  }

  private void cosines(ArrayNode rows) {
    int count = tasks.size();
    for (int i = 0; i < count; i++) {
      ArrayNode row = rows.addArray();
      for (int j = 0; j < count; j++) {
        double together = Math.cos(5 * (share(i, 6) - share(j, 6))) * (count > 8 ? 0.5 : 0.3);
        row.add(i == j ? 1.0 : rounded(Math.tanh(together + 0.05 * noise())));
      }
    }
  }

  private String evaluation(String split, int step, double better, boolean last) {
    ObjectNode json = JSON.createObjectNode();
    json.put("type", "evaluation").put("step", step).put("split", split);
    ObjectNode all = json.putObject("tasks");
    double[] sums = new double[2];
    for (int k = 0; k < tasks.size(); k++) {
      double limit = 0.78 + 0.2 * share(k, 8) + better + 0.01 * share((int) seed, 9);
      double reached = limit * (1 - 0.5 * Math.exp(-5.0 * step / steps)) + 0.004 * noise();
      ObjectNode task = all.putObject(tasks.get(k));
      double accuracy = rounded(Math.min(0.9999, reached));
      double balanced = rounded(Math.min(0.9999, 0.94 * reached));
      task.put("accuracy", accuracy).put("balanced-accuracy", balanced);
      sums[0] += accuracy / tasks.size();
      sums[1] += balanced / tasks.size();
    }
    json.putObject("mean").put("accuracy", sums[0]).put("balanced-accuracy", sums[1]);
    if (last) {
      json.putObject("delta")
          .put("task-weighted", 100 * (0.9 - sums[0]))
          .put("metric-weighted", 100 * (0.91 - sums[0]))
          .put("convention", Convention.DROP.text())
          .put("baseline", "runs/single-task");
    }
    return json.toString();
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
