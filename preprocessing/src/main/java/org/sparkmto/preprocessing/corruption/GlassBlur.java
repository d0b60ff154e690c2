package org.sparkmto.preprocessing.corruption;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/**
 * Frosted glass: between two smoothings, pixel after pixel takes the colour of one nearby.
 *
 * <p>The paper speaks of pixels that change places, and its program means to do that; by the way
 * NumPy assigns, one of the two stays as it is, and so the published images were made. So it is
 * here: real exchanges would carry single pixels across the whole image.
 */
final class GlassBlur implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "glass-blur",
          CorruptionFamily.BLUR,
          "pixels take the colour of others nearby, as through frosted glass",
          new GlassBlur());

  /** Deviation of the smoothing and how far pixels come from, in pixels; how often they do. */
  private static final Levels GLASS =
      new Levels(
          new double[][] {{0.05, 1, 1}, {0.25, 1, 1}, {0.4, 1, 1}, {0.25, 1, 2}, {0.4, 1, 2}},
          new double[][] {{0.1, 1, 1}, {0.5, 1, 1}, {0.6, 1, 2}, {0.7, 2, 1}, {0.9, 2, 2}},
          new double[][] {{0.7, 1, 2}, {0.9, 2, 1}, {1, 2, 3}, {1.1, 3, 2}, {1.5, 4, 2}});

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double[] glass = GLASS.at(planes, severity);
    int reach = (int) glass[1];
    Planes mixed = GaussianFilter.smooth(planes, glass[0]);
    for (int round = 0; round < (int) glass[2]; round++) {
      Draws moves = draws.at(round);
      for (int y = mixed.height() - reach; y > reach; y--) {
        for (int x = mixed.width() - reach; x > reach; x--) {
          long pixel = (long) y * mixed.width() + x;
          take(
              mixed,
              y,
              x,
              y + moves.below(2 * reach, 2 * pixel) - reach,
              x + moves.below(2 * reach, 2 * pixel + 1) - reach);
        }
      }
    }
    return GaussianFilter.smooth(mixed, glass[0]).image();
  }

  private static void take(Planes planes, int row, int column, int otherRow, int otherColumn) {
    for (int c = 0; c < planes.channels(); c++) {
      planes.set(c, row, column, planes.at(c, otherRow, otherColumn));
    }
  }
}
