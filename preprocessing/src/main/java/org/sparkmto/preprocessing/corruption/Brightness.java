package org.sparkmto.preprocessing.corruption;

import java.util.List;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** More light: the value of hue, saturation and value grows, up to full. */
final class Brightness implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "brightness",
          CorruptionFamily.WEATHER,
          "more light: the value of hue, saturation and value grows",
          new Brightness());

  private static final Levels MORE =
      Levels.of(
          List.of(0.05, 0.1, 0.15, 0.2, 0.3),
          List.of(0.1, 0.2, 0.3, 0.4, 0.5),
          List.of(0.1, 0.2, 0.3, 0.4, 0.5));

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double more = MORE.number(planes, severity);
    float[] values = planes.values();
    int pixels = planes.pixels();
    for (int i = 0; i < pixels; i++) {
      double value = 0;
      for (int c = 0; c < planes.channels(); c++) {
        value = Math.max(value, values[c * pixels + i]);
      }
      double brighter = Math.min(1, value + more);
      for (int c = 0; c < planes.channels(); c++) {
        // Hue and saturation stay where all channels grow by one factor; black has neither.
        double before = values[c * pixels + i];
        values[c * pixels + i] = (float) (value == 0 ? brighter : before * brighter / value);
      }
    }
    return planes.image();
  }
}
