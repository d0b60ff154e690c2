package org.sparkmto.preprocessing.corruption;

import java.util.List;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** Less contrast: every channel comes nearer to its mean. */
final class Contrast implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "contrast",
          CorruptionFamily.DIGITAL,
          "every channel comes nearer to its mean",
          new Contrast());

  /** What is left of the distance from the mean. */
  private static final Levels LEFT =
      Levels.of(
          List.of(0.75, 0.5, 0.4, 0.3, 0.15),
          List.of(0.4, 0.3, 0.2, 0.1, 0.05),
          List.of(0.4, 0.3, 0.2, 0.1, 0.05));

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double left = LEFT.number(planes, severity);
    float[] values = planes.values();
    int pixels = planes.pixels();
    for (int c = 0; c < planes.channels(); c++) {
      double sum = 0;
      for (int i = c * pixels; i < (c + 1) * pixels; i++) {
        sum += values[i];
      }
      double mean = sum / pixels;
      for (int i = c * pixels; i < (c + 1) * pixels; i++) {
        values[i] = (float) ((values[i] - mean) * left + mean);
      }
    }
    return planes.image();
  }
}
