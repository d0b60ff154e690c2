package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.Batch;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

/** Small networks and batches to test with. */
public final class Tiny {
  static final int MISSING = 255;

  private Tiny() {}

  /** Three tasks: four classes, yes or no, three classes. */
  public static List<Task> threeTasks() {
    return List.of(
        task("digit", TaskKind.CLASSIFICATION, 0, 4),
        task("smiling", TaskKind.BINARY, 1, 2),
        task("colour", TaskKind.CLASSIFICATION, 2, 3));
  }

  static Task task(String name, TaskKind kind, int element, int classes) {
    return new Task(name, kind, List.of("image"), "labels", element, classes, MISSING);
  }

  /** Without batch normalisation: images of 1x8x8, 2 and 4 channels, 6 features, 5 hidden. */
  static NetworkPlan smallConvolutional(List<Task> tasks) {
    return plan(
        "small-conv",
        Map.of("width", 2L, "features", 6L, "hidden", 5L),
        tasks,
        List.of(1, 8, 8),
        Map.of());
  }

  /** With batch normalisation: images of 3x16x16, width 2. */
  static NetworkPlan residual(List<Task> tasks) {
    ChannelStatistics statistics =
        new ChannelStatistics(List.of(120.0, 128.0, 136.0), List.of(70.0, 75.0, 80.0));
    return plan(
        "resnet18", Map.of("width", 2L), tasks, List.of(3, 16, 16), Map.of("image", statistics));
  }

  public static NetworkPlan plan(
      String architecture,
      Map<String, Long> options,
      List<Task> tasks,
      List<Integer> image,
      Map<String, ChannelStatistics> statistics) {
    Column images = new Column("image", Column.Role.INPUT, ElementType.UINT8, image);
    Column labels = new Column("labels", Column.Role.TARGET, ElementType.UINT8, List.of(3));
    return new NetworkPlan(
        Architectures.known().entry(architecture),
        options,
        tasks,
        List.of(images),
        Map.of("labels", labels),
        statistics);
  }

  /** Random images and labels; every third label of each task is missing if asked for. */
  public static Batch batch(NetworkPlan plan, int samples, long seed, boolean gaps) {
    Draws draws = Draws.of(seed);
    byte[] images = new byte[samples * plan.inputs().get(0).bytes()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (byte) draws.of("image").below(256, i);
    }
    byte[] labels = new byte[samples * 3];
    for (Task task : plan.tasks()) {
      for (int sample = 0; sample < samples; sample++) {
        int label = draws.of(task.name()).below(task.classes(), sample);
        boolean missing = gaps && (sample + task.element()) % 3 == 0;
        labels[sample * 3 + task.element()] = (byte) (missing ? MISSING : label);
      }
    }
    return new Batch(samples, Map.of("image", images, "labels", labels));
  }

  /** Samples {@code from} to {@code to - 1} of a batch. */
  static Batch part(NetworkPlan plan, Batch batch, int from, int to) {
    int image = plan.inputs().get(0).bytes();
    return new Batch(
        to - from,
        Map.of(
            "image", java.util.Arrays.copyOfRange(batch.column("image"), from * image, to * image),
            "labels", java.util.Arrays.copyOfRange(batch.column("labels"), from * 3, to * 3)));
  }

  public static float[] values(FlatVector vector) {
    float[] values = new float[(int) vector.length()];
    vector.read(0, values, 0, values.length);
    return values;
  }

  static List<Parameter> parameters(ParameterBook book) {
    List<Parameter> all = new ArrayList<>(book.sharedParameters());
    book.headParameters().forEach(all::addAll);
    return all;
  }
}
