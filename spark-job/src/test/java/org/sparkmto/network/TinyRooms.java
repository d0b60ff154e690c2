package org.sparkmto.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

/** Small images with three tasks of pixels: segmentation, depth and normals. */
final class TinyRooms {
  static final int CLASSES = 13;

  private TinyRooms() {}

  static List<Task> tasks() {
    List<String> image = List.of("image");
    return List.of(
        Task.of("segmentation", TaskKind.SEGMENTATION, image, "segmentation", CLASSES),
        Task.of("depth", TaskKind.DEPTH, image, "depth", 1),
        Task.of("normals", TaskKind.NORMALS, image, "normals", 3));
  }

  static NetworkPlan plan(String architecture, Map<String, Long> options, int height, int width) {
    return plan(architecture, options, tasks(), height, width);
  }

  static NetworkPlan plan(
      String architecture, Map<String, Long> options, List<Task> tasks, int height, int width) {
    return new NetworkPlan(
        architecture,
        options,
        tasks,
        List.of(
            new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, height, width))),
        Map.of(
            "segmentation",
            target("segmentation", ElementType.UINT8, height, width),
            "depth",
            target("depth", ElementType.FLOAT32, 1, height, width),
            "normals",
            target("normals", ElementType.FLOAT32, 3, height, width)),
        Map.of());
  }

  private static Column target(String name, ElementType type, Integer... shape) {
    return new Column(name, Column.Role.TARGET, type, List.of(shape));
  }

  /** Random images; one pixel in nine without a label, one in ten without numbers. */
  static Batch batch(NetworkPlan plan, int samples, long seed) {
    Draws draws = Draws.of(seed);
    List<Integer> shape = plan.inputs().get(0).shape();
    int pixels = shape.get(1) * shape.get(2);
    byte[] images = new byte[samples * plan.inputs().get(0).bytes()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (byte) draws.of("image").below(256, i);
    }
    byte[] labels = new byte[samples * pixels];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (i % 9 == 0 ? Task.MISSING : draws.of("label").below(CLASSES, i));
    }
    byte[] depths = new byte[4 * samples * pixels];
    ByteBuffer depth = ByteBuffer.wrap(depths).order(ByteOrder.LITTLE_ENDIAN);
    byte[] vectors = new byte[3 * depths.length];
    ByteBuffer normals = ByteBuffer.wrap(vectors).order(ByteOrder.LITTLE_ENDIAN);
    for (int sample = 0; sample < samples; sample++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        int place = sample * pixels + pixel;
        boolean missing = place % 10 == 0;
        depth.putFloat(4 * place, missing ? Float.NaN : 1 + 3 * (float) draws.uniform(place));
        double[] normal = new double[3];
        double square = 0;
        for (int axis = 0; axis < 3; axis++) {
          normal[axis] = draws.of("normal").normal(3L * place + axis);
          square += normal[axis] * normal[axis];
        }
        for (int axis = 0; axis < 3; axis++) {
          float value = missing ? Float.NaN : (float) (normal[axis] / Math.sqrt(square));
          normals.putFloat(4 * ((sample * 3 + axis) * pixels + pixel), value);
        }
      }
    }
    return new Batch(
        samples,
        Map.of("image", images, "segmentation", labels, "depth", depths, "normals", vectors));
  }
}
