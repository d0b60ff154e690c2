package org.sparkmto.preprocessing.corruption;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** Flakes that fall, and their light on what lies behind them. */
final class Snow implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "snow",
          CorruptionFamily.WEATHER,
          "falling flakes, and whitened what lies behind them",
          new Snow());

  /**
   * Mean and deviation of normal noise, how much it is enlarged, below which number it is no flake,
   * radius and deviation of the streak that flakes leave, and the share that the image keeps.
   */
  private static final Levels FLAKES =
      new Levels(
          new double[][] {
            {0.1, 0.2, 1, 0.6, 8, 3, 0.95},
            {0.1, 0.2, 1, 0.5, 10, 4, 0.9},
            {0.15, 0.3, 1.75, 0.55, 10, 4, 0.9},
            {0.25, 0.3, 2.25, 0.6, 12, 6, 0.85},
            {0.3, 0.3, 1.25, 0.65, 14, 12, 0.8}
          },
          new double[][] {
            {0.1, 0.2, 1, 0.6, 8, 3, 0.8},
            {0.1, 0.2, 1, 0.5, 10, 4, 0.8},
            {0.15, 0.3, 1.75, 0.55, 10, 4, 0.7},
            {0.25, 0.3, 2.25, 0.6, 12, 6, 0.65},
            {0.3, 0.3, 1.25, 0.65, 14, 12, 0.6}
          },
          new double[][] {
            {0.1, 0.3, 3, 0.5, 10, 4, 0.8},
            {0.2, 0.3, 2, 0.5, 12, 4, 0.7},
            {0.55, 0.3, 4, 0.9, 12, 8, 0.7},
            {0.55, 0.3, 4.5, 0.85, 12, 8, 0.65},
            {0.55, 0.3, 2.5, 0.85, 12, 12, 0.55}
          });

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double[] flakes = FLAKES.at(planes, severity);
    Planes fallen = fallen(planes, flakes, draws);
    int height = planes.height();
    int width = planes.width();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double white = 1.5 * Luma.of(planes, y, x) + 0.5;
        double snow = fallen.at(0, y, x) + fallen.at(0, height - 1 - y, width - 1 - x);
        for (int c = 0; c < planes.channels(); c++) {
          double value = planes.at(c, y, x);
          double whitened = flakes[6] * value + (1 - flakes[6]) * Math.max(value, white);
          planes.set(c, y, x, whitened + snow);
        }
      }
    }
    return planes.image();
  }

  private static Planes fallen(Planes planes, double[] flakes, Draws draws) {
    Planes layer = new Planes(1, planes.height(), planes.width());
    Draws noise = draws.of("flakes");
    float[] values = layer.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (flakes[0] + flakes[1] * noise.normal(i));
    }
    layer = Zoom.of(layer, flakes[2]);
    values = layer.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] < flakes[3] ? 0 : (float) Planes.clipped(values[i]);
    }
    double degrees = -135 + 90 * draws.uniform(0);
    return Streak.along(layer, flakes[4], flakes[5], degrees);
  }
}
