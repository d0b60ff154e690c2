package org.sparkmto.preprocessing.emotic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.sparkmto.naming.Counted;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;

/** What the annotations say about one person, in the form in which it travels to the executors. */
final class Person {
  private static final int BOX = 4 * Double.BYTES;
  private static final int SIZE = 2 * Integer.BYTES;

  private final ByteBuffer bytes;

  private Person(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static Person of(byte[] bytes) {
    return new Person(bytes);
  }

  /**
   * Packs what is known.
   *
   * @param box x1, y1, x2, y2 as annotated: a pixel is inside if x1 <= x < x2 and y1 <= y < y2
   * @param width of the image that was annotated, or 0 if its size is not known
   * @param categories one byte each, 1 for those that the person shows
   * @param dimensions valence, arousal, dominance
   */
  static byte[] bytes(double[] box, int width, int height, byte[] categories, double[] dimensions) {
    ByteBuffer packed =
        ByteBuffer.allocate(BOX + SIZE + categories.length + dimensions.length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (double side : box) {
      packed.putDouble(side);
    }
    packed.putInt(width).putInt(height).put(categories);
    for (double dimension : dimensions) {
      packed.putFloat((float) dimension);
    }
    return packed.array();
  }

  /** The categories, one byte each: 1 for those that the person shows. */
  byte[] categories() {
    return slice(BOX + SIZE, Emotic.CATEGORIES.size());
  }

  /** Valence, arousal and dominance as float32. */
  byte[] dimensions() {
    int from = BOX + SIZE + Emotic.CATEGORIES.size();
    return slice(from, bytes.capacity() - from);
  }

  /**
   * The part of an image that the box encloses, cut off at the borders of the image.
   *
   * @throws UnreadableSampleException if the image is not the one that was annotated, or nothing of
   *     the box is in it
   */
  Image crop(Image image) throws UnreadableSampleException {
    int annotatedWidth = bytes.getInt(BOX);
    int annotatedHeight = bytes.getInt(BOX + Integer.BYTES);
    if (annotatedWidth != 0
        && (annotatedWidth != image.width() || annotatedHeight != image.height())) {
      throw new UnreadableSampleException(
          Reason.WRONG_SIZE,
          "the image has "
              + image.width()
              + "x"
              + image.height()
              + " pixels, that which was annotated had "
              + annotatedWidth
              + "x"
              + annotatedHeight);
    }
    int left = clipped(bytes.getDouble(0), image.width());
    int top = clipped(bytes.getDouble(Double.BYTES), image.height());
    int right = clipped(bytes.getDouble(2 * Double.BYTES), image.width());
    int bottom = clipped(bytes.getDouble(3 * Double.BYTES), image.height());
    if (left >= right || top >= bottom) {
      throw new UnreadableSampleException(
          Reason.BAD_ROW, "no pixel of the image is in the person's box " + box());
    }
    int height = bottom - top;
    int width = right - left;
    byte[] samples = new byte[image.channels() * height * width];
    for (int c = 0; c < image.channels(); c++) {
      for (int y = 0; y < height; y++) {
        System.arraycopy(
            image.samples(),
            (c * image.height() + top + y) * image.width() + left,
            samples,
            (c * height + y) * width,
            width);
      }
    }
    return new Image(image.channels(), height, width, samples);
  }

  /** What is wrong with a box, whatever the image. */
  static Optional<String> trouble(double[] box) {
    if (box.length != 4) {
      return Optional.of(
          "the person's box has " + Counted.of(box.length, "number") + " instead of 4");
    }
    for (double side : box) {
      if (!Double.isFinite(side)) {
        return Optional.of("the person's box holds " + side);
      }
    }
    return Optional.empty();
  }

  private String box() {
    return "["
        + bytes.getDouble(0)
        + " "
        + bytes.getDouble(Double.BYTES)
        + " "
        + bytes.getDouble(2 * Double.BYTES)
        + " "
        + bytes.getDouble(3 * Double.BYTES)
        + "]";
  }

  /** Fractions are cut off, as in the published conversion. */
  private static int clipped(double side, int length) {
    return (int) Math.max(0, Math.min(length, side));
  }

  private byte[] slice(int from, int length) {
    byte[] slice = new byte[length];
    bytes.get(from, slice);
    return slice;
  }
}
