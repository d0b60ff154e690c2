package org.sparkmto.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

/** Tasks of pixels to test with: segmentation of four classes, depth and normals of one image. */
public final class Rooms {
  public static final int CLASSES = 4;

  private Rooms() {}

  public static NetworkPlan plan(
      String architecture, Map<String, Long> options, int height, int width) {
    return plan(architecture, options, CLASSES, height, width);
  }

  /** With so many classes, of which a batch has the first four. */
  public static NetworkPlan plan(
      String architecture, Map<String, Long> options, int classes, int height, int width) {
    List<String> image = List.of("image");
    return new NetworkPlan(
        Architectures.known().entry(architecture),
        options,
        List.of(
            Task.of("segmentation", TaskKind.SEGMENTATION, image, "segmentation", classes),
            Task.of("depth", TaskKind.DEPTH, image, "depth", 1),
            Task.of("normals", TaskKind.NORMALS, image, "normals", 3)),
        List.of(
            new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, height, width))),
        Map.of(
            "segmentation",
            new Column(
                "segmentation", Column.Role.TARGET, ElementType.UINT8, List.of(height, width)),
            "depth",
            new Column("depth", Column.Role.TARGET, ElementType.FLOAT32, List.of(1, height, width)),
            "normals",
            new Column("normals", Column.Role.TARGET, ElementType.INT16, List.of(3, height, width))
                .measured(1.0 / 32767, 0, "")),
        Map.of(
            "image",
            new ChannelStatistics(List.of(120.0, 128.0, 136.0), List.of(70.0, 75.0, 80.0))));
  }

  /** The same network for one of its tasks. */
  public static NetworkPlan only(NetworkPlan plan, int task) {
    return new NetworkPlan(
        plan.family(),
        plan.options(),
        plan.tasks().subList(task, task + 1),
        plan.inputs(),
        plan.targets(),
        plan.statistics());
  }

  /**
   * Images of four quarters, each sample's with colours of its own, and noise. The quarter decides
   * the class, the row the depth, and the column which way a surface faces; some pixels of each
   * task are missing.
   */
  public static Batch batch(NetworkPlan plan, int samples, long seed) {
    int height = plan.inputs().get(0).shape().get(1);
    int width = plan.inputs().get(0).shape().get(2);
    Draws draws = Draws.of(seed);
    ByteBuffer images = buffer(samples * 3 * height * width);
    ByteBuffer classes = buffer(samples * height * width);
    ByteBuffer depths = buffer(4 * samples * height * width);
    ByteBuffer normals = buffer(2 * 3 * samples * height * width);
    for (int n = 0; n < samples; n++) {
      for (int i = 0; i < 3 * height * width; i++) {
        int channel = i / (height * width);
        int y = i / width % height;
        int x = i % width;
        int quarter = (2 * y >= height ? 2 : 0) + (2 * x >= width ? 1 : 0);
        int colour = draws.of("colour").at(n).below(200, 3L * quarter + channel);
        images.put((byte) (colour + draws.of("noise").at(n).below(50, i)));
        boolean missing = (x + 3 * y + n) % 11 == 0;
        double angle = Math.PI * (x + 0.5) / width;
        double component = channel == 0 ? Math.cos(angle) : channel == 1 ? 0 : Math.sin(angle);
        normals.putShort(missing ? Short.MIN_VALUE : (short) Math.round(32767 * component));
        if (channel == 0) {
          classes.put((byte) (missing ? Task.MISSING : quarter));
          depths.putFloat(missing ? Float.NaN : 1 + 4f * y / height);
        }
      }
    }
    return new Batch(
        samples,
        Map.of(
            "image", bytes(images),
            "segmentation", bytes(classes),
            "depth", bytes(depths),
            "normals", bytes(normals)));
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(ByteBuffer filled) {
    byte[] bytes = new byte[filled.flip().remaining()];
    filled.get(bytes);
    return bytes;
  }
}
