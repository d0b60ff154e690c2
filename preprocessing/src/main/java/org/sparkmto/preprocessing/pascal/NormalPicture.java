package org.sparkmto.preprocessing.pascal;

import org.sparkmto.data.ElementType;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.NearestPixel;

/**
 * Normals in the colours of an image, {@code n = 2 v / 255 - 1} a channel. Their axes and signs are
 * those of the file.
 */
final class NormalPicture {
  /** A vector as short as this has no direction. Gray 128, the nearest to 0, has length 0.007. */
  private static final double SHORTEST = 0.1;

  private static final short MISSING = (short) ElementType.INT16.missing();

  private final Image image;
  private final boolean[] valid;

  /**
   * @param valid whether a pixel has a normal; not copied
   */
  NormalPicture(Image image, boolean[] valid) {
    this.image = image;
    this.valid = valid;
    for (int i = 0; i < valid.length; i++) {
      double x = component(0, i);
      double y = component(1, i);
      double z = component(2, i);
      valid[i] &= Math.sqrt(x * x + y * y + z * z) >= SHORTEST;
    }
  }

  /**
   * The normals in another size, with length 1, as stored: channel by channel. Where the pixel that
   * the rule names has none, neither has the result; elsewhere the four pixels around it that have
   * one are interpolated.
   */
  short[] resized(ImageSize size, NearestPixel rule) {
    int height = image.height();
    int width = image.width();
    int[] places = new int[height * width];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    int[] nearest =
        new IntegerMap(height, width, places).resized(size.height(), size.width(), rule).values();
    int area = size.height() * size.width();
    short[] stored = new short[3 * area];
    for (int y = 0; y < size.height(); y++) {
      double down = place(y, height, size.height());
      int top = (int) down;
      int bottom = Math.min(height - 1, top + 1);
      for (int x = 0; x < size.width(); x++) {
        double across = place(x, width, size.width());
        int left = (int) across;
        int right = Math.min(width - 1, left + 1);
        int at = y * size.width() + x;
        double[] sum = new double[3];
        if (valid[nearest[at]]) {
          add(sum, top * width + left, (1 - (down - top)) * (1 - (across - left)));
          add(sum, top * width + right, (1 - (down - top)) * (across - left));
          add(sum, bottom * width + left, (down - top) * (1 - (across - left)));
          add(sum, bottom * width + right, (down - top) * (across - left));
        }
        double norm = Math.sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
        if (valid[nearest[at]] && norm < SHORTEST) { // opposite directions on the two sides
          sum = new double[3];
          add(sum, nearest[at], 1);
          norm = Math.sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
        }
        for (int c = 0; c < 3; c++) {
          stored[c * area + at] =
              norm < SHORTEST ? MISSING : (short) Math.round(PascalTask.UNIT * sum[c] / norm);
        }
      }
    }
    return stored;
  }

  private static double place(int i, int in, int out) {
    return Math.min(in - 1, Math.max(0, (i + 0.5) * in / out - 0.5));
  }

  private void add(double[] sum, int pixel, double weight) {
    if (valid[pixel]) {
      for (int c = 0; c < 3; c++) {
        sum[c] += weight * component(c, pixel);
      }
    }
  }

  private double component(int channel, int pixel) {
    return 2 * (image.samples()[channel * valid.length + pixel] & 0xff) / 255.0 - 1;
  }
}
