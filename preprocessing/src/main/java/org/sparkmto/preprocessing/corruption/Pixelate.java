package org.sparkmto.preprocessing.corruption;

import java.util.List;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/**
 * Fewer pixels: the image made smaller and large again by Pillow's box filter, which is the mean of
 * the pixels whose middles fall into one of the fewer.
 */
final class Pixelate implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "pixelate",
          CorruptionFamily.DIGITAL,
          "fewer pixels: made smaller, and large again",
          new Pixelate());

  /** What is left of the pixels of a side. */
  private static final Levels LEFT =
      Levels.of(
          List.of(0.95, 0.9, 0.85, 0.75, 0.65),
          List.of(0.9, 0.8, 0.7, 0.6, 0.5),
          List.of(0.6, 0.5, 0.4, 0.3, 0.25));

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double left = LEFT.number(planes, severity);
    int[] rows = blocks(planes.height(), left);
    int[] columns = blocks(planes.width(), left);
    int across = columns[columns.length - 1] + 1;
    for (int c = 0; c < planes.channels(); c++) {
      double[] sums = new double[(rows[rows.length - 1] + 1) * across];
      int[] counts = new int[sums.length];
      for (int y = 0; y < planes.height(); y++) {
        for (int x = 0; x < planes.width(); x++) {
          int block = rows[y] * across + columns[x];
          sums[block] += planes.at(c, y, x);
          counts[block]++;
        }
      }
      for (int y = 0; y < planes.height(); y++) {
        for (int x = 0; x < planes.width(); x++) {
          int block = rows[y] * across + columns[x];
          planes.set(c, y, x, sums[block] / counts[block]);
        }
      }
    }
    return planes.image();
  }

  /** Which of the fewer pixels each pixel of a line falls into. */
  private static int[] blocks(int length, double left) {
    int fewer = Math.max(1, (int) (length * left));
    int[] blocks = new int[length];
    for (int i = 0; i < length; i++) {
      blocks[i] = (int) ((i + 0.5) * fewer / length);
    }
    return blocks;
  }
}
