package org.sparkmto.preprocessing.corruption;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** A camera that moves towards its object: the mean of the image and enlargements of it. */
final class ZoomBlur implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "zoom-blur",
          CorruptionFamily.BLUR,
          "the mean of the image and enlargements of it, as when the camera comes nearer",
          new ZoomBlur());

  private static final double[][] FINE = {
    {1.06, 0.01}, {1.11, 0.01}, {1.16, 0.01}, {1.21, 0.01}, {1.26, 0.01}
  };

  /** Enlargements go from 1 to below the first number, by the second. */
  private static final Levels FACTORS =
      new Levels(
          FINE,
          FINE,
          new double[][] {{1.11, 0.01}, {1.16, 0.01}, {1.21, 0.02}, {1.26, 0.02}, {1.31, 0.03}});

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double[] factors = FACTORS.at(planes, severity);
    int count = count(factors[0], factors[1]);
    Planes mean = planes.blank();
    add(mean, planes, count);
    double step = 1 + factors[1] - 1; // rounded as NumPy's arange rounds it
    for (int i = 0; i < count; i++) {
      add(mean, Zoom.of(planes, 1 + i * step), count);
    }
    return mean.image();
  }

  /** As NumPy's {@code arange} counts, by which the last may be the end itself. */
  static int count(double end, double step) {
    return (int) Math.ceil((end - 1) / step);
  }

  private static void add(Planes mean, Planes planes, int count) {
    float[] sums = mean.values();
    float[] values = planes.values();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += values[i] / (count + 1);
    }
  }
}
