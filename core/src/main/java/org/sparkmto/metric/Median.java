package org.sparkmto.metric;

import java.util.Arrays;
import java.util.Collection;

/** The middle one of some values. */
public final class Median {
  private Median() {}

  /** The median; of an even number of values the mean of the middle two, of none NaN. */
  public static double of(Collection<Double> values) {
    return of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** The median; of an even number of values the mean of the middle two, of none NaN. */
  public static double of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
