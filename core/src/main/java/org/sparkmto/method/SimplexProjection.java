package org.sparkmto.method;

import java.util.Arrays;

/** The nearest point of the probability simplex (Held, Wolfe, Crowder 1974), exactly. */
final class SimplexProjection {
  private SimplexProjection() {}

  static Vector of(Vector point) {
    double[] sorted = point.toArray();
    Arrays.sort(sorted);
    double sum = 0;
    double shift = 0;
    for (int count = 1; count <= sorted.length; count++) {
      double value = sorted[sorted.length - count];
      sum += value;
      double candidate = (sum - 1) / count;
      if (value - candidate > 0) {
        shift = candidate;
      }
    }
    double subtracted = shift;
    return point.map(value -> Math.max(0, value - subtracted));
  }
}
