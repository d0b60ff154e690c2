package org.sparkmto.trial;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.sparkmto.data.Batch;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.naming.Nearest;

/**
 * Random RGB images and random targets in the columns of a known data set, the same bytes
 * everywhere: enough to measure steps without the data set. One pixel of 16 has no target.
 *
 * @param name of the tasks
 * @param height of an image and of every map, in pixels
 * @param width of them
 * @param tasks what is asked of an image
 * @param targets the columns that the tasks compare with
 * @param ownImages whether an image has a label of one task alone, the tasks taking turns
 */
public record SyntheticData(
    String name, int height, int width, List<Task> tasks, List<Column> targets, boolean ownImages)
    implements Serializable {
  private static final String IMAGE = "image";
  private static final List<String> INPUTS = List.of(IMAGE);
  private static final int CHANNELS = 3;
  private static final int ATTRIBUTES = 40;
  private static final int PIXELS_PER_MISSING = 16;

  private interface Tasks {
    SyntheticData of(int height, int width);
  }

  private static final Map<String, Tasks> KNOWN =
      Map.of(
          "nyuv2", SyntheticData::nyuv2,
          "cityscapes", SyntheticData::cityscapes,
          "celeba", (height, width) -> binary("celeba", ATTRIBUTES, height, width));

  public SyntheticData {
    if (height < 1 || width < 1 || tasks.isEmpty()) {
      throw new IllegalArgumentException(
          "%d tasks on images of %dx%d: all must be 1 or more"
              .formatted(tasks.size(), height, width));
    }
    tasks = List.copyOf(tasks);
    targets = List.copyOf(targets);
  }

  /** Whose images have targets of all tasks. */
  private SyntheticData(
      String name, int height, int width, List<Task> tasks, List<Column> targets) {
    this(name, height, width, tasks, targets, false);
  }

  /** Names of the data sets whose tasks are known. */
  public static List<String> names() {
    return List.copyOf(new TreeSet<>(KNOWN.keySet()));
  }

  /**
   * The tasks of a data set: {@code nyuv2} segmentation into 13 classes, depth and normals; {@code
   * cityscapes} segmentation into 7 classes and inverse depth; {@code celeba} 40 binary attributes.
   *
   * @throws IllegalArgumentException if the name is none of {@link #names}
   */
  public static SyntheticData of(String name, int height, int width) {
    Tasks known = KNOWN.get(name);
    if (known == null) {
      throw new IllegalArgumentException(
          "there are no tasks '%s', but those of %s%s"
              .formatted(name, names(), Nearest.hint(name, names())));
    }
    return known.of(height, width);
  }

  /** Some yes-or-no questions of whole images, in one column. */
  static SyntheticData binary(String name, int count, int height, int width) {
    String labels = "labels";
    List<Task> tasks = new ArrayList<>();
    for (int task = 0; task < count; task++) {
      tasks.add(new Task("task" + task, TaskKind.BINARY, INPUTS, labels, task, 2, Task.MISSING));
    }
    return new SyntheticData(
        name, height, width, tasks, List.of(target(labels, ElementType.UINT8, count)));
  }

  /** The same, each on images of its own. */
  static SyntheticData ofOwnImages(int count, int height, int width) {
    SyntheticData all = binary("own images", count, height, width);
    return new SyntheticData(all.name, height, width, all.tasks, all.targets, true);
  }

  /** Tasks of square images and of each of {@code places x places} places in them. */
  static SyntheticData mixed(int side, int places) {
    return new SyntheticData(
        "mixed",
        side,
        side,
        List.of(
            Task.of("class", TaskKind.CLASSIFICATION, INPUTS, "class", 10),
            Task.of("numbers", TaskKind.REGRESSION, INPUTS, "numbers", 2),
            Task.of("segmentation", TaskKind.SEGMENTATION, INPUTS, "segmentation", 7),
            Task.of("depth", TaskKind.DEPTH, INPUTS, "depth", 1)),
        List.of(
            target("class", ElementType.UINT8, 1),
            target("numbers", ElementType.FLOAT32, 2),
            target("segmentation", ElementType.UINT8, places, places),
            target("depth", ElementType.FLOAT32, 1, places, places)));
  }

  private static SyntheticData nyuv2(int height, int width) {
    String segmentation = "segmentation";
    String depth = "depth";
    String normals = "normals";
    return new SyntheticData(
        "nyuv2",
        height,
        width,
        List.of(
            Task.of(segmentation, TaskKind.SEGMENTATION, INPUTS, segmentation, 13),
            Task.of(depth, TaskKind.DEPTH, INPUTS, depth, 1),
            Task.of(normals, TaskKind.NORMALS, INPUTS, normals, 3)),
        List.of(
            target(segmentation, ElementType.UINT8, height, width),
            target(depth, ElementType.FLOAT32, height, width),
            target(normals, ElementType.INT16, 3, height, width)
                .measured(1.0 / Short.MAX_VALUE, 0, "")));
  }

  private static SyntheticData cityscapes(int height, int width) {
    String segmentation = "segmentation";
    String disparity = "disparity";
    return new SyntheticData(
        "cityscapes",
        height,
        width,
        List.of(
            Task.of(segmentation, TaskKind.SEGMENTATION, INPUTS, segmentation, 7),
            Task.of("inverse-depth", TaskKind.DEPTH, INPUTS, disparity, 1)),
        List.of(
            target(segmentation, ElementType.UINT8, height, width),
            target(disparity, ElementType.UINT16, height, width).measured(1.0 / 65535, 0, "")));
  }

  private static Column target(String name, ElementType type, Integer... shape) {
    return new Column(name, Column.Role.TARGET, type, List.of(shape));
  }

  Column image() {
    return new Column(
        IMAGE, Column.Role.INPUT, ElementType.UINT8, List.of(CHANNELS, height, width));
  }

  Map<String, ChannelStatistics> statistics() {
    return Map.of(
        IMAGE,
        new ChannelStatistics(
            Collections.nCopies(CHANNELS, 127.5), Collections.nCopies(CHANNELS, 73.9)));
  }

  /** Samples {@code from} to before {@code to}; each is a function of its number alone. */
  Batch samples(int from, int to) {
    int count = to - from;
    Map<String, byte[]> content = new LinkedHashMap<>();
    List<Column> columns = new ArrayList<>(targets);
    columns.add(image());
    columns.forEach(
        column -> content.put(column.name(), new byte[Math.multiplyExact(count, column.bytes())]));
    byte[] image = new byte[image().bytes()];
    for (int sample = from; sample < to; sample++) {
      SplittableRandom random = new SplittableRandom(sample);
      random.nextBytes(image);
      System.arraycopy(image, 0, content.get(IMAGE), (sample - from) * image.length, image.length);
      for (Column column : targets) {
        ByteBuffer into =
            ByteBuffer.wrap(
                    content.get(column.name()), (sample - from) * column.bytes(), column.bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        fill(into, column, random);
        for (int i = 0; ownImages && i < column.elements(); i++) {
          if (i != sample % column.elements()) {
            into.put(into.position() - column.elements() + i, (byte) Task.MISSING);
          }
        }
      }
    }
    return new Batch(count, content);
  }

  private void fill(ByteBuffer into, Column column, SplittableRandom random) {
    Task task =
        tasks.stream().filter(t -> t.target().equals(column.name())).findFirst().orElseThrow();
    if (task.kind() == TaskKind.NORMALS) {
      normals(into, column, random);
      return;
    }
    for (int i = 0; i < column.elements(); i++) {
      boolean missing = task.kind().hasPixels() && random.nextInt(PIXELS_PER_MISSING) == 0;
      switch (column.type()) {
        case UINT8 -> into.put((byte) (missing ? task.missing() : random.nextInt(task.classes())));
        case UINT16 -> into.putShort((short) (missing ? 0 : random.nextInt(1, 1 << 16)));
        case FLOAT32 -> into.putFloat(missing ? Float.NaN : (float) random.nextDouble(0.5, 10));
        default -> throw new IllegalStateException("no synthetic " + column);
      }
    }
  }

  /** Vectors of length 1, channel by channel. */
  private void normals(ByteBuffer into, Column column, SplittableRandom random) {
    int pixels = height * width;
    int start = into.position();
    for (int pixel = 0; pixel < pixels; pixel++) {
      boolean missing = random.nextInt(PIXELS_PER_MISSING) == 0;
      double x = random.nextDouble(-1, 1);
      double y = random.nextDouble(-1, 1);
      double z = -random.nextDouble(0.1, 1);
      double unit = Short.MAX_VALUE / Math.sqrt(x * x + y * y + z * z);
      double[] vector = {x, y, z};
      for (int channel = 0; channel < vector.length; channel++) {
        into.putShort(
            start + 2 * (channel * pixels + pixel),
            (short) (missing ? column.type().missing() : Math.round(unit * vector[channel])));
      }
    }
  }
}
