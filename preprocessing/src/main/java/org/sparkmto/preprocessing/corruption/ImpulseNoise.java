package org.sparkmto.preprocessing.corruption;

import java.util.List;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** Salt and pepper: some numbers of the image, each by itself, become 0 or full. */
final class ImpulseNoise implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "impulse-noise",
          CorruptionFamily.NOISE,
          "salt and pepper: some numbers are 0 or full, as from faulty bits",
          new ImpulseNoise());

  /** Share of the numbers, half of them 0 and half of them full. */
  private static final Levels SHARE =
      Levels.of(
          List.of(0.01, 0.02, 0.03, 0.05, 0.07),
          List.of(0.01, 0.02, 0.05, 0.08, 0.14),
          List.of(0.03, 0.06, 0.09, 0.17, 0.27));

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double share = SHARE.number(planes, severity);
    float[] values = planes.values();
    for (int i = 0; i < values.length; i++) {
      if (draws.uniform(2L * i) < share) {
        values[i] = draws.uniform(2L * i + 1) < 0.5 ? 0 : 1;
      }
    }
    return planes.image();
  }
}
