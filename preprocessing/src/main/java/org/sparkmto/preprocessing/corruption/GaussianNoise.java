package org.sparkmto.preprocessing.corruption;

import java.util.List;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** Normal noise on every number of the image, as in bad light. */
final class GaussianNoise implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "gaussian-noise",
          CorruptionFamily.NOISE,
          "normal noise on every number, as in bad light",
          new GaussianNoise());

  /** Standard deviation, where the image goes from 0 to 1. */
  private static final Levels DEVIATION =
      Levels.of(
          List.of(0.04, 0.06, 0.08, 0.09, 0.10),
          List.of(0.04, 0.08, 0.12, 0.15, 0.18),
          List.of(0.08, 0.12, 0.18, 0.26, 0.38));

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double deviation = DEVIATION.number(planes, severity);
    float[] values = planes.values();
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (deviation * draws.normal(i));
    }
    return planes.image();
  }
}
