package org.sparkmto.preprocessing.corruption;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/**
 * Frost on the lens.
 *
 * <p>The paper lays cuttings of photographs of frosted glass over the image. They are not in this
 * program; what is laid over here is drawn: bright ridges between the hollows of two height maps,
 * bluish, over a faint haze. How much of it and of the image remains is as in the paper, so numbers
 * of this corruption compare with others of this program alone.
 */
final class Frost implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "frost",
          CorruptionFamily.WEATHER,
          "crystals of ice on the lens, drawn, where the paper has photographs",
          new Frost());

  /** Shares of the image and of the frost. */
  private static final Levels SHARES =
      new Levels(
          new double[][] {{1, 0.2}, {1, 0.3}, {0.9, 0.4}, {0.85, 0.4}, {0.75, 0.45}},
          new double[][] {{1, 0.3}, {0.9, 0.4}, {0.8, 0.45}, {0.75, 0.5}, {0.7, 0.55}},
          new double[][] {{1, 0.4}, {0.8, 0.6}, {0.7, 0.7}, {0.65, 0.7}, {0.6, 0.75}});

  private static final double SMOOTHNESS = 1.5;

  /** Red, green and blue of ice in full light. */
  private static final double[] ICE = {0.82, 0.92, 1};

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double[] shares = SHARES.at(planes, severity);
    int side = Math.max(planes.height(), planes.width());
    Plasma first = new Plasma(side, SMOOTHNESS, draws.at(1));
    Plasma second = new Plasma(side, SMOOTHNESS, draws.at(2));
    for (int y = 0; y < planes.height(); y++) {
      for (int x = 0; x < planes.width(); x++) {
        double ridge = Math.max(ridge(first.at(y, x)), ridge(second.at(y, x)));
        double light = 0.25 + 0.75 * ridge;
        for (int c = 0; c < planes.channels(); c++) {
          double ice = planes.channels() == 1 ? light : light * ICE[c];
          planes.set(c, y, x, shares[0] * planes.at(c, y, x) + shares[1] * ice);
        }
      }
    }
    return planes.image();
  }

  /** 1 where a height is in the middle, falling steeply to both sides. */
  private static double ridge(double height) {
    double apart = Math.abs(2 * height - 1);
    return (1 - apart) * (1 - apart);
  }
}
