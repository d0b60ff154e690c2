package org.sparkmto.preprocessing.corruption;

import java.util.List;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** The noise of counting single photons: a number is how many of few have come. */
final class ShotNoise implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "shot-noise",
          CorruptionFamily.NOISE,
          "Poisson noise, as where few photons come",
          new ShotNoise());

  /** How many photons a white pixel has in the mean. */
  private static final Levels PHOTONS =
      Levels.of(
          List.of(500.0, 250.0, 100.0, 75.0, 50.0),
          List.of(250.0, 100.0, 50.0, 30.0, 15.0),
          List.of(60.0, 25.0, 12.0, 5.0, 3.0));

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double photons = PHOTONS.number(planes, severity);
    float[] values = planes.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (poisson(values[i] * photons, draws.uniform(i)) / photons);
    }
    return planes.image();
  }

  /**
   * The number at a share of the Poisson distribution, summed up from 0: at most some hundreds of
   * steps here, and no mean for which {@code exp(-mean)} would be 0.
   *
   * @param mean 0 to 700
   * @param share 0 to 1, exclusive
   */
  static int poisson(double mean, double share) {
    double probability = Math.exp(-mean);
    double sum = probability;
    int count = 0;
    while (sum <= share) {
      count++;
      probability *= mean / count;
      if (count > mean && sum + probability == sum) {
        break; // so near to 1 that no rounded sum reaches it
      }
      sum += probability;
    }
    return count;
  }
}
