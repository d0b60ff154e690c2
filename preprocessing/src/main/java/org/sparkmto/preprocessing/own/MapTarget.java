package org.sparkmto.preprocessing.own;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;
import org.sparkmto.preprocessing.image.ImageReading;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.image.RealMap;
import org.sparkmto.preprocessing.numpy.Npy;
import org.sparkmto.preprocessing.numpy.NpyArray;

/** A target with a value for each pixel, in a file of its own. */
sealed interface MapTarget extends Serializable {
  /** More numbers than this do not fit into a file that is usually read. */
  int MOST_ELEMENTS = EmbeddedRows.MOST_BYTES;

  /** Type of what is stored. */
  ElementType type();

  /** Numbers of a pixel; 0 for a map without a channel axis. */
  int channels();

  /**
   * What is stored for a sample.
   *
   * @param file a PNG of one channel or a {@code .npy} array
   * @param height rows of the image, which the file must have, too
   * @param width columns of the image
   * @param size stored size
   * @param reading how large files may be
   * @throws UnreadableSampleException if the file cannot be decoded, has another size than the
   *     image, or holds what is neither a class nor a value
   */
  byte[] stored(
      byte[] file,
      int height,
      int width,
      ImageSize size,
      NearestPixel nearest,
      ImageReading reading)
      throws UnreadableSampleException;

  /** The shape of what is stored. */
  default List<Integer> shape(ImageSize size) {
    return channels() == 0
        ? List.of(size.height(), size.width())
        : List.of(channels(), size.height(), size.width());
  }

  /** One class for each pixel. */
  final class Labels implements MapTarget {
    private static final long serialVersionUID = 1;

    private final HashMap<Integer, Integer> labels = new HashMap<>();

    /**
     * @param numbers what the file holds for each class, in order
     * @param ignored numbers that say that a pixel has no label
     */
    Labels(List<Integer> numbers, List<Integer> ignored) {
      for (int label = 0; label < numbers.size(); label++) {
        labels.put(numbers.get(label), label);
      }
      ignored.forEach(number -> labels.put(number, Task.MISSING));
    }

    @Override
    public ElementType type() {
      return ElementType.UINT8;
    }

    @Override
    public int channels() {
      return 0;
    }

    @Override
    public byte[] stored(
        byte[] file,
        int height,
        int width,
        ImageSize size,
        NearestPixel nearest,
        ImageReading reading)
        throws UnreadableSampleException {
      IntegerMap numbers = numbers(file, height, width, reading);
      sameSize(numbers.height(), numbers.width(), height, width);
      int[] values = numbers.values();
      int last = values[0];
      Integer label = labels.get(last);
      for (int i = 0; i < values.length; i++) {
        if (values[i] != last) {
          last = values[i];
          label = labels.get(last);
        }
        if (label == null) {
          throw new UnreadableSampleException(
              Reason.BAD_LABEL,
              "the map holds "
                  + last
                  + " at row "
                  + i / width
                  + ", column "
                  + i % width
                  + ", which is neither a class nor to be ignored; see 'values' and 'ignore'");
        }
        values[i] = label;
      }
      int[] kept = numbers.resized(size.height(), size.width(), nearest).values();
      byte[] bytes = new byte[kept.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) kept[i];
      }
      return bytes;
    }

    private static IntegerMap numbers(byte[] file, int height, int width, ImageReading reading)
        throws UnreadableSampleException {
      if (!isNpy(file)) {
        return Png.decodeNumbers(file, reading);
      }
      NpyArray array = Npy.parse(file, reading.mostBytes(MOST_ELEMENTS));
      MapShape shape = MapShape.of(array.shape(), 1, height, width);
      return new IntegerMap(shape.height(), shape.width(), array.integers());
    }
  }

  /** Real numbers for each pixel. */
  record Reals(int channels, RealScale scale) implements MapTarget {
    @Override
    public ElementType type() {
      return ElementType.FLOAT32;
    }

    @Override
    public byte[] stored(
        byte[] file,
        int height,
        int width,
        ImageSize size,
        NearestPixel nearest,
        ImageReading reading)
        throws UnreadableSampleException {
      RealMap map = reals(file, Math.max(1, channels), height, width, reading);
      sameSize(map.height(), map.width(), height, width);
      float[] values = map.values();
      int area = height * width;
      for (int pixel = 0; pixel < area; pixel++) {
        boolean missing = false;
        for (int i = pixel; i < values.length; i += area) {
          values[i] = scale.value(values[i], "the map");
          missing |= Float.isNaN(values[i]);
        }
        for (int i = pixel; i < values.length && missing; i += area) {
          values[i] = Float.NaN;
        }
      }
      float[] kept = map.resized(size.height(), size.width(), nearest).values();
      ByteBuffer bytes = ByteBuffer.allocate(4 * kept.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(kept);
      return bytes.array();
    }

    private static RealMap reals(
        byte[] file, int channels, int height, int width, ImageReading reading)
        throws UnreadableSampleException {
      if (channels == 1 && !isNpy(file)) {
        IntegerMap numbers = Png.decodeNumbers(file, reading);
        float[] values = new float[numbers.values().length];
        for (int i = 0; i < values.length; i++) {
          values[i] = numbers.values()[i];
        }
        return new RealMap(1, numbers.height(), numbers.width(), values);
      }
      return MapTarget.planes(file, channels, height, width, reading);
    }
  }

  /** A unit vector for each pixel; not-a-number or (0, 0, 0) where there is none. */
  record Normals() implements MapTarget {
    /** Stored numbers times this are the vector. */
    static final double SCALE = 1.0 / 32767;

    /** Vectors from 8 bits a channel are off by 1%; one off by a tenth is no unit vector. */
    private static final double TOLERANCE = 0.1;

    @Override
    public ElementType type() {
      return ElementType.INT16;
    }

    @Override
    public int channels() {
      return 3;
    }

    @Override
    public byte[] stored(
        byte[] file,
        int height,
        int width,
        ImageSize size,
        NearestPixel nearest,
        ImageReading reading)
        throws UnreadableSampleException {
      RealMap map = MapTarget.planes(file, 3, height, width, reading);
      sameSize(map.height(), map.width(), height, width);
      float[] kept = map.values();
      int area = height * width;
      for (int i = 0; i < area; i++) {
        double x = kept[i];
        double y = kept[area + i];
        double z = kept[2 * area + i];
        double length = Math.sqrt(x * x + y * y + z * z);
        if (length > 0 && Math.abs(length - 1) > TOLERANCE) { // never true of not-a-number
          throw new UnreadableSampleException(
              Reason.BAD_TARGET,
              "the normal at row " + i / width + ", column " + i % width + " has length " + length);
        }
        boolean valid = length > 0;
        kept[i] = valid ? (float) (x / length) : Float.NaN;
        kept[area + i] = valid ? (float) (y / length) : Float.NaN;
        kept[2 * area + i] = valid ? (float) (z / length) : Float.NaN;
      }
      float[] normals = map.resized(size.height(), size.width(), nearest).values();
      ByteBuffer bytes = ByteBuffer.allocate(2 * normals.length).order(ByteOrder.LITTLE_ENDIAN);
      for (float part : normals) {
        bytes.putShort(Float.isNaN(part) ? Short.MIN_VALUE : (short) Math.round(part * 32767.0));
      }
      return bytes.array();
    }
  }

  private static boolean isNpy(byte[] file) {
    return file.length > 5 && (file[0] & 0xff) == 0x93 && file[1] == 'N' && file[2] == 'U';
  }

  /** An array of one or more channels before or behind height and width. */
  private static RealMap planes(
      byte[] file, int channels, int height, int width, ImageReading reading)
      throws UnreadableSampleException {
    NpyArray array = Npy.parse(file, reading.mostBytes(MOST_ELEMENTS));
    MapShape shape = MapShape.of(array.shape(), channels, height, width);
    float[] values = array.reals();
    if (!shape.channelsLast()) {
      return new RealMap(channels, shape.height(), shape.width(), values);
    }
    int area = shape.height() * shape.width();
    float[] planes = new float[values.length];
    for (int i = 0; i < area; i++) {
      for (int c = 0; c < channels; c++) {
        planes[c * area + i] = values[i * channels + c];
      }
    }
    return new RealMap(channels, shape.height(), shape.width(), planes);
  }

  private static void sameSize(int height, int width, int imageHeight, int imageWidth)
      throws UnreadableSampleException {
    if (height != imageHeight || width != imageWidth) {
      throw new UnreadableSampleException(
          Reason.WRONG_SIZE,
          String.format(
              "the map has %dx%d pixels, its image %dx%d", height, width, imageHeight, imageWidth));
    }
  }
}
