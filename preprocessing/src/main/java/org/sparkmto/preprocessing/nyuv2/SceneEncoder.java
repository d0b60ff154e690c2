package org.sparkmto.preprocessing.nyuv2;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.image.RealMap;

/**
 * From a {@link Scene} to the columns of the shards, the same for all three layouts.
 *
 * <p>The image is cropped and then resized with a filter. Every target takes, for each stored
 * pixel, the one source pixel that the nearest rule names: all targets the same one, and normals
 * are fitted to the full map of depths at just these pixels.
 *
 * @param size of the stored image and targets
 * @param classes 13 or 40
 * @param filter how the image changes its size
 * @param nearest which source pixel a stored one takes
 * @param region of the source that is kept
 * @param axes of normals that come from files
 * @param edges whether there is a task of edges
 */
record SceneEncoder(
    ImageSize size,
    int classes,
    Filter filter,
    NearestPixel nearest,
    ValidRegion region,
    NormalAxes axes,
    boolean edges)
    implements Serializable {
  static final String IMAGE = "image";
  static final String SEGMENTATION = "segmentation";
  static final String DEPTH = "depth";
  static final String NORMALS = "normals";
  static final String EDGES = "edges";

  /** What a component of a normal of length 1 is stored as. */
  static final int UNIT = 32_767;

  /** No Kinect sees as far: such a number is in other units, or damaged. */
  private static final float FARTHEST_METRES = 100;

  /** Interpolated normals are shorter than 1, rounded ones may be a little longer. */
  private static final double LONGEST_NORMAL = 1.1;

  /** A vector as short as this has no direction. */
  private static final double SHORTEST_NORMAL = 1e-3;

  List<Column> columns() {
    int h = size.height();
    int w = size.width();
    List<Column> columns = new ArrayList<>();
    columns.add(new Column(IMAGE, Column.Role.INPUT, ElementType.UINT8, List.of(3, h, w)));
    columns.add(new Column(SEGMENTATION, Column.Role.TARGET, ElementType.UINT8, List.of(h, w)));
    columns.add(
        new Column(DEPTH, Column.Role.TARGET, ElementType.FLOAT32, List.of(h, w))
            .measured(1, 0, "m"));
    columns.add(
        new Column(NORMALS, Column.Role.TARGET, ElementType.INT16, List.of(3, h, w))
            .measured(1.0 / UNIT, 0, ""));
    if (edges) {
      columns.add(new Column(EDGES, Column.Role.TARGET, ElementType.UINT8, List.of(h, w)));
    }
    return columns;
  }

  List<Task> tasks() {
    List<String> input = List.of(IMAGE);
    List<Task> tasks = new ArrayList<>();
    tasks.add(
        Task.of(SEGMENTATION, TaskKind.SEGMENTATION, input, SEGMENTATION, classes)
            .named(NyuClasses.names(classes)));
    tasks.add(Task.of(DEPTH, TaskKind.DEPTH, input, DEPTH, 1));
    tasks.add(Task.of(NORMALS, TaskKind.NORMALS, input, NORMALS, 3));
    if (edges) {
      tasks.add(Task.of(EDGES, TaskKind.MASK, input, EDGES, 2));
    }
    return tasks;
  }

  /**
   * The bytes of the columns.
   *
   * @throws UnreadableSampleException if the parts differ in size, a number is out of its range, or
   *     no stored pixel of any target has a value
   */
  List<byte[]> encode(Scene scene) throws UnreadableSampleException {
    int h = scene.image().height();
    int w = scene.image().width();
    checkSize(SEGMENTATION, scene.labels().height(), scene.labels().width(), h, w);
    checkSize(DEPTH, scene.depth().height(), scene.depth().width(), h, w);
    ValidRegion.Bounds bounds = region.in(h, w);
    int[] sources = sources(bounds, w);
    RealMap depth = metres(scene.depth());
    List<byte[]> content = new ArrayList<>();
    content.add(
        cropped(scene.image(), bounds).resized(size.height(), size.width(), filter).samples());
    content.add(bytes(scene.labels(), sources));
    boolean labelled = hasLabel(content.get(1));
    byte[] depths = new byte[Float.BYTES * sources.length];
    ByteBuffer depthWriter = littleEndian(depths);
    for (int source : sources) {
      float value = depth.values()[source];
      labelled |= !Float.isNaN(value);
      depthWriter.putFloat(value);
    }
    content.add(depths);
    short[] normals;
    if (scene.normals() == null) {
      normals = fitted(depth, sources);
    } else {
      checkSize(NORMALS, scene.normals().height(), scene.normals().width(), h, w);
      normals = filed(scene.normals(), sources);
    }
    byte[] stored = new byte[Short.BYTES * normals.length];
    ByteBuffer normalWriter = littleEndian(stored);
    for (short component : normals) {
      labelled |= component != (short) ElementType.INT16.missing();
      normalWriter.putShort(component);
    }
    content.add(stored);
    if (edges) {
      checkSize(EDGES, scene.edges().height(), scene.edges().width(), h, w);
      content.add(bytes(scene.edges(), sources));
      labelled |= hasLabel(content.get(4));
    }
    if (!labelled) {
      throw new UnreadableSampleException(
          Reason.NO_LABELS, "no pixel has a label, a depth or a normal");
    }
    return content;
  }

  /** The source pixel of every stored one. */
  private int[] sources(ValidRegion.Bounds bounds, int width) {
    int h = bounds.bottom() - bounds.top();
    int w = bounds.right() - bounds.left();
    int[] inside = new int[h * w];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        inside[y * w + x] = (bounds.top() + y) * width + bounds.left() + x;
      }
    }
    return new IntegerMap(h, w, inside).resized(size.height(), size.width(), nearest).values();
  }

  private static Image cropped(Image image, ValidRegion.Bounds bounds) {
    int h = bounds.bottom() - bounds.top();
    int w = bounds.right() - bounds.left();
    if (h == image.height() && w == image.width()) {
      return image;
    }
    byte[] samples = new byte[image.channels() * h * w];
    for (int c = 0; c < image.channels(); c++) {
      for (int y = 0; y < h; y++) {
        int row = c * image.height() + bounds.top() + y;
        System.arraycopy(
            image.samples(), row * image.width() + bounds.left(), samples, (c * h + y) * w, w);
      }
    }
    return new Image(image.channels(), h, w, samples);
  }

  /** Depths with NaN wherever there is none. */
  private static RealMap metres(RealMap depth) throws UnreadableSampleException {
    float[] metres = depth.values().clone();
    for (int i = 0; i < metres.length; i++) {
      if (metres[i] == 0 || !Float.isFinite(metres[i])) {
        metres[i] = Float.NaN;
      } else if (metres[i] < 0 || metres[i] > FARTHEST_METRES) {
        throw new UnreadableSampleException(
            Reason.BAD_TARGET,
            "the depth in row "
                + i / depth.width()
                + ", column "
                + i % depth.width()
                + " is "
                + metres[i]
                + " m, not from 0 to "
                + (int) FARTHEST_METRES);
      }
    }
    return new RealMap(1, depth.height(), depth.width(), metres);
  }

  private static short[] fitted(RealMap depth, int... sources) {
    NormalsFromDepth planes =
        new NormalsFromDepth(depth, PinholeCamera.kinect(depth.height(), depth.width()));
    short[] stored = new short[3 * sources.length];
    double[] normal = new double[3];
    for (int i = 0; i < sources.length; i++) {
      boolean valid = planes.at(sources[i] / depth.width(), sources[i] % depth.width(), normal);
      for (int c = 0; c < 3; c++) {
        stored[c * sources.length + i] =
            valid ? (short) Math.rint(normal[c] * UNIT) : (short) ElementType.INT16.missing();
      }
    }
    return stored;
  }

  /** Normals of a file with the axes of the shards and length 1. */
  private short[] filed(RealMap normals, int... sources) throws UnreadableSampleException {
    int area = normals.height() * normals.width();
    float[] values = normals.values();
    double[] lengths = new double[area];
    for (int i = 0; i < area; i++) {
      double square = 0;
      for (int c = 0; c < 3; c++) {
        square += (double) values[c * area + i] * values[c * area + i];
      }
      lengths[i] = Math.sqrt(square);
      if (lengths[i] > LONGEST_NORMAL) {
        throw new UnreadableSampleException(
            Reason.BAD_TARGET,
            "the normal in row "
                + i / normals.width()
                + ", column "
                + i % normals.width()
                + " has length "
                + (float) lengths[i]
                + ", not 1");
      }
    }
    short[] stored = new short[3 * sources.length];
    for (int i = 0; i < sources.length; i++) {
      double length = lengths[sources[i]];
      boolean valid = length > SHORTEST_NORMAL; // false for NaN
      for (int c = 0; c < 3; c++) {
        double component = axes.sign(c) * values[axes.channel(c) * area + sources[i]] / length;
        stored[c * sources.length + i] =
            valid ? (short) Math.rint(component * UNIT) : (short) ElementType.INT16.missing();
      }
    }
    return stored;
  }

  private static byte[] bytes(IntegerMap map, int... sources) {
    byte[] bytes = new byte[sources.length];
    for (int i = 0; i < sources.length; i++) {
      bytes[i] = (byte) map.values()[sources[i]];
    }
    return bytes;
  }

  private static boolean hasLabel(byte... labels) {
    for (byte label : labels) {
      if (label != (byte) Task.MISSING) {
        return true;
      }
    }
    return false;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void checkSize(String part, int height, int width, int imageHeight, int imageWidth)
      throws UnreadableSampleException {
    if (height != imageHeight || width != imageWidth) {
      throw new UnreadableSampleException(
          Reason.WRONG_SIZE,
          "the image has "
              + imageHeight
              + "x"
              + imageWidth
              + " pixels, the "
              + part
              + " has "
              + height
              + "x"
              + width);
    }
  }
}
