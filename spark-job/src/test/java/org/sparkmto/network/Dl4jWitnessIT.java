package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cluster.Dl4jWitness;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

/**
 * An engine that has nothing in common with libtorch finds the same gradients in the same network,
 * a small DeepLab on a residual network of 18 layers, with heads of whole images and of pixels.
 *
 * <p>It computes in double precision, so that what is between the two are our roundings to 24 bits,
 * which twenty normalisations in a row make larger: a ten-thousandth of a gradient's length leaves
 * room for them (from 0.8 to 3.6 hundred-thousandths were seen with seven seeds), and none for a
 * layer, a loss or a sum that is another.
 */
class Dl4jWitnessIT {
  private static final double TOLERANCE = 1e-4;
  private static final int STRIDE = 16;
  private static final int SAMPLES = 6;

  /** Cross-entropies, the squared differences of numbers, the absolute ones of depths. */
  private static final List<TaskKind> KINDS =
      List.of(
          TaskKind.CLASSIFICATION,
          TaskKind.BINARY,
          TaskKind.REGRESSION,
          TaskKind.SEGMENTATION,
          TaskKind.DEPTH);

  private static final double[] FACTORS = {0.7, -1.3, 2.5, 0.4, 1};

  @TempDir private Path folder;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void dl4jFindsTheSameGradientOfEveryTask() throws IOException {
    NetworkPlan plan = plan(48, 64);
    Batch batch = Photos.batch(plan, SAMPLES, 1);
    Path answer = folder.resolve("answer.safetensors");
    Map<String, double[]> ours;
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      ours = gradients(replica, batch);
      Path weights = folder.resolve("weights.safetensors");
      Path numbers = folder.resolve("batch.safetensors");
      try (OutputStream out = Files.newOutputStream(weights)) {
        replica.weights().write(out);
      }
      try (OutputStream out = Files.newOutputStream(numbers)) {
        BatchFile.write(out, plan, batch);
      }
      Map<String, Double> factors = new HashMap<>();
      for (int task = 0; task < FACTORS.length; task++) {
        factors.put(plan.tasks().get(task).name(), FACTORS[task]);
      }
      Dl4jWitness.gradients(folder, weights, numbers, answer, factors);
    }
    Map<String, double[]> theirs;
    try (InputStream in = Files.newInputStream(answer)) {
      theirs = Safetensors.readDoubles(in, answer.toString());
    }
    assertThat(theirs).containsOnlyKeys(ours.keySet());
    ours.forEach(
        (name, own) -> assertThat(distance(own, theirs.get(name))).as(name).isLessThan(TOLERANCE));
  }

  /** With maps to answer that are as large as z, since DL4J has no bilinear interpolation. */
  private static NetworkPlan plan(int height, int width) {
    NetworkPlan plan =
        Photos.plan(
            "deeplab",
            Map.of("depth", 18L, "width", 4L, "features", 6L, "stride", (long) STRIDE),
            height,
            width,
            KINDS);
    Map<String, Column> targets = new HashMap<>(plan.targets());
    targets.putAll(
        Photos.plan("deeplab", Map.of(), height / STRIDE, width / STRIDE, KINDS).targets());
    return new NetworkPlan(
        plan.family(),
        plan.options(),
        plan.tasks().stream()
            .map(task -> task.kind() == TaskKind.REGRESSION ? task.withLoss("l2") : task)
            .toList(),
        plan.inputs(),
        targets,
        plan.statistics());
  }

  /** Gradients by the names of the answer. */
  private static Map<String, double[]> gradients(Replica replica, Batch batch) {
    Map<String, double[]> found = new LinkedHashMap<>();
    List<String> tasks = replica.plan().tasks().stream().map(task -> task.name()).toList();
    try (PointerScope scope = new PointerScope();
        ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
      KeptGradients atZ = (KeptGradients) pass.backwardHeads();
      FlatVector one = FlatVector.zeros(replica.layout().shared(), Device.CPU);
      for (int task = 0; task < tasks.size(); task++) {
        found.put("z." + tasks.get(task), HostTensors.doubles(atZ.rows().get(task)));
        atZ.ofTask(task, one.tensor());
        add(tasks.get(task) + "/", one.toArray(), replica.layout(), found);
      }
      // The heads' own are behind the shared ones, without factors.
      add("", atZ.backward(FACTORS).toArray(), replica.layout(), found);
    }
    return found;
  }

  private static void add(
      String prefix, float[] flat, ParameterLayout layout, Map<String, double[]> into) {
    for (ParameterLayout.Entry entry : layout.entries()) {
      if (entry.offset() < flat.length) {
        double[] values = new double[Math.toIntExact(entry.elements())];
        for (int i = 0; i < values.length; i++) {
          values[i] = flat[Math.toIntExact(entry.offset()) + i];
        }
        into.put(prefix + entry.name(), values);
      }
    }
  }

  /** Of the difference's length to that of what is right. */
  private static double distance(double[] own, double[] right) {
    double apart = 0;
    double length = 0;
    for (int i = 0; i < own.length; i++) {
      apart += (own[i] - right[i]) * (own[i] - right[i]);
      length += right[i] * right[i];
    }
    return Math.sqrt(apart / length);
  }
}
