package org.sparkmto.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
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

/** Tasks of any kinds on one image, to test what a network makes of a mixture. */
final class Photos {
  private static final int ONE_MISSING_IN = 7;

  private Photos() {}

  /** A task for each of these kinds, of the kind's name. */
  static NetworkPlan plan(
      String network, Map<String, Long> options, int height, int width, List<TaskKind> kinds) {
    List<Task> tasks = new ArrayList<>();
    Map<String, Column> targets = new HashMap<>();
    for (TaskKind kind : kinds) {
      String name = kind.label();
      tasks.add(Task.of(name, kind, List.of("image"), name, numbers(kind)));
      targets.put(name, target(kind, height, width));
    }
    return new NetworkPlan(
        Architectures.known().entry(network),
        options,
        tasks,
        List.of(
            new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, height, width))),
        targets,
        Map.of(
            "image",
            new ChannelStatistics(List.of(120.0, 128.0, 136.0), List.of(70.0, 75.0, 80.0))));
  }

  private static int numbers(TaskKind kind) {
    return switch (kind) {
      case CLASSIFICATION, SEGMENTATION -> 4;
      case BINARY, MASK, REGRESSION, VECTORS -> 2;
      case MULTI_LABEL, NORMALS -> 3;
      case DEPTH -> 1;
    };
  }

  private static Column target(TaskKind kind, int height, int width) {
    ElementType type = kind.hasLabels() ? ElementType.UINT8 : ElementType.FLOAT32;
    List<Integer> shape =
        switch (kind) {
          case CLASSIFICATION, BINARY -> List.of(1);
          case MULTI_LABEL, REGRESSION -> List.of(numbers(kind));
          case SEGMENTATION, MASK -> List.of(height, width);
          case DEPTH, NORMALS, VECTORS -> List.of(numbers(kind), height, width);
        };
    return new Column(kind.label(), Column.Role.TARGET, type, shape);
  }

  /** How many numbers a network gives for a sample, by task. */
  static List<Integer> outputs(NetworkPlan plan) {
    List<Integer> image = plan.inputs().get(0).shape();
    List<Integer> outputs = new ArrayList<>();
    for (Task task : plan.tasks()) {
      boolean single = task.kind() == TaskKind.BINARY || task.kind() == TaskKind.MASK;
      int each = single ? 1 : task.classes();
      outputs.add(task.kind().hasPixels() ? each * image.get(1) * image.get(2) : each);
    }
    return outputs;
  }

  /**
   * Noise in a colour of each sample's own. The colour decides what is true of the whole image, the
   * brightness of a place what is true of its pixel; a seventh of the targets is missing.
   */
  static Batch batch(NetworkPlan plan, int samples, long seed) {
    Draws draws = Draws.of(seed);
    List<Integer> image = plan.inputs().get(0).shape();
    int area = image.get(1) * image.get(2);
    byte[] images = new byte[samples * 3 * area];
    for (int i = 0; i < images.length; i++) {
      int colour = draws.of("colour").below(150, i / area);
      images[i] = (byte) (colour + draws.of("noise").below(100, i));
    }
    Map<String, byte[]> columns = new HashMap<>(Map.of("image", images));
    for (Task task : plan.tasks()) {
      columns.put(task.target(), target(plan.targets().get(task.target()), task, images, samples));
    }
    return new Batch(samples, columns);
  }

  private static byte[] target(Column column, Task task, byte[] images, int samples) {
    int area = images.length / samples / 3;
    ByteBuffer values =
        ByteBuffer.allocate(samples * column.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    int each = column.elements();
    for (int i = 0; i < samples * each; i++) {
      int sample = i / each;
      int at = task.kind().hasPixels() ? i % each % area : 0;
      int seen = Byte.toUnsignedInt(images[sample * 3 * area + at]);
      boolean missing = (i + sample) % ONE_MISSING_IN == 0;
      if (task.kind().hasLabels()) {
        int labels = task.kind() == TaskKind.MULTI_LABEL ? 2 : task.classes();
        values.put((byte) (missing ? Task.MISSING : seen * labels / 256));
      } else {
        values.putFloat(missing ? Float.NaN : seen / 128f + Math.floorDiv(i % each, area));
      }
    }
    return values.array();
  }
}
