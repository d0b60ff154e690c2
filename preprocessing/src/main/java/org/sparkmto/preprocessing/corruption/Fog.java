package org.sparkmto.preprocessing.corruption;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** Fog in clouds, before an image whose lightest number stays what it is. */
final class Fog implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry("fog", CorruptionFamily.WEATHER, "clouds of fog", new Fog());

  /** How thick the fog is, and how smooth its clouds. */
  private static final Levels CLOUDS =
      new Levels(
          new double[][] {{0.2, 3}, {0.5, 3}, {0.75, 2.5}, {1, 2}, {1.5, 1.75}},
          new double[][] {{0.4, 3}, {0.7, 3}, {1, 2.5}, {1.5, 2}, {2, 1.75}},
          new double[][] {{1.5, 2}, {2, 2}, {2.5, 1.7}, {2.5, 1.5}, {3, 1.4}});

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double[] clouds = CLOUDS.at(planes, severity);
    Plasma plasma = new Plasma(Math.max(planes.height(), planes.width()), clouds[1], draws);
    double lightest = 0;
    for (float value : planes.values()) {
      lightest = Math.max(lightest, value);
    }
    double share = lightest / (lightest + clouds[0]);
    for (int c = 0; c < planes.channels(); c++) {
      for (int y = 0; y < planes.height(); y++) {
        for (int x = 0; x < planes.width(); x++) {
          planes.set(c, y, x, share * (planes.at(c, y, x) + clouds[0] * plasma.at(y, x)));
        }
      }
    }
    return planes.image();
  }
}
