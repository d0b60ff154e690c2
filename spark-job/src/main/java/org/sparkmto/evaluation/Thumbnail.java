package org.sparkmto.evaluation;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;

/** Small pictures of samples and maps, at most {@value #SIDE} pixels wide and high, as JPEG. */
final class Thumbnail {
  static final int SIDE = 96;

  /** Around the circle in steps that never come near an earlier one. */
  private static final float GOLDEN = 0.618034f;

  private static final int NOTHING = 0x808080;

  private Thumbnail() {}

  /** Whether a column holds images that can be shown. */
  static boolean shows(Column column) {
    List<Integer> shape = column.shape();
    return column.type() == ElementType.UINT8
        && shape.size() == 3
        && (shape.get(0) == 1 || shape.get(0) == 3);
  }

  /** The image of a sample in a column that {@link #shows}. */
  static byte[] ofImage(byte[] batch, int sample, Column column) {
    int channels = column.shape().get(0);
    int height = column.shape().get(1);
    int width = column.shape().get(2);
    int first = sample * column.bytes();
    return encoded(
        height,
        width,
        (y, x) -> {
          int colour = 0;
          for (int c = 0; c < 3; c++) {
            int plane = Math.min(c, channels - 1);
            colour = colour << 8 | (batch[first + (plane * height + y) * width + x] & 0xff);
          }
          return colour;
        });
  }

  /** Of a task of maps what is true and what was said; nothing of others. */
  static List<byte[]> ofMaps(Reading reading, int sample) {
    List<byte[]> pictures = new ArrayList<>();
    if (reading.task().kind().hasPixels()) {
      for (boolean truth : new boolean[] {true, false}) {
        painter(reading, sample, truth)
            .ifPresent(
                painter -> pictures.add(encoded(reading.height(), reading.width(), painter)));
      }
    }
    return pictures;
  }

  private static Optional<IntBinaryOperator> painter(Reading reading, int sample, boolean truth) {
    int width = reading.width();
    return switch (reading.task().kind()) {
      case SEGMENTATION, MASK ->
          Optional.of(
              (y, x) -> {
                int pixel = y * width + x;
                int label = truth ? reading.label(sample, pixel) : reading.said(sample, pixel);
                return label < 0 ? NOTHING : ofClass(label);
              });
      case DEPTH -> Optional.of(depth(reading, sample, truth));
      case NORMALS ->
          Optional.of(
              (y, x) -> {
                int colour = 0;
                double square = 0;
                for (int axis = 0; axis < 3; axis++) {
                  double value = number(reading, sample, axis, y * width + x, truth);
                  square += value * value;
                }
                for (int axis = 0; axis < 3; axis++) {
                  double value = number(reading, sample, axis, y * width + x, truth);
                  colour = colour << 8 | level(0.5 + value / Math.sqrt(square) / 2);
                }
                return square > 0 ? colour : NOTHING;
              });
      default -> Optional.empty();
    };
  }

  /** From dark at the least true number to bright at the greatest. */
  private static IntBinaryOperator depth(Reading reading, int sample, boolean truth) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int pixel = 0; pixel < reading.pixels(); pixel++) {
      double value = reading.number(sample, 0, pixel);
      if (!Double.isNaN(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    double least = low;
    double range = Math.max(high - low, Double.MIN_NORMAL);
    return (y, x) -> {
      double value = number(reading, sample, 0, y * reading.width() + x, truth);
      return Double.isNaN(value) ? NOTHING : level((value - least) / range) * 0x10101;
    };
  }

  private static double number(Reading reading, int sample, int channel, int pixel, boolean truth) {
    return truth ? reading.number(sample, channel, pixel) : reading.output(sample, channel, pixel);
  }

  private static int level(double share) {
    return (int) Math.round(255 * Math.max(0, Math.min(1, share)));
  }

  private static int ofClass(int label) {
    return label == 0
        ? 0x202428
        : Color.HSBtoRGB(0.58f + label * GOLDEN, 0.75f, label % 2 == 1 ? 0.95f : 0.7f) & 0xffffff;
  }

  /** Takes the pixel in the middle of what becomes one. */
  private static byte[] encoded(int height, int width, IntBinaryOperator colour) {
    int most = Math.max(height, width);
    int high = Math.max(1, most <= SIDE ? height : height * SIDE / most);
    int wide = Math.max(1, most <= SIDE ? width : width * SIDE / most);
    BufferedImage picture = new BufferedImage(wide, high, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x++) {
        int fromY = (2 * y + 1) * height / (2 * high);
        int fromX = (2 * x + 1) * width / (2 * wide);
        picture.setRGB(x, y, colour.applyAsInt(fromY, fromX));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(picture, "jpeg", bytes)) {
        throw new IllegalStateException("this JVM writes no JPEG");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a JPEG could not be written to memory", e);
    }
    return bytes.toByteArray();
  }
}
