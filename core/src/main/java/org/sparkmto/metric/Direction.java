package org.sparkmto.metric;

/** Which way a number gets better. */
public enum Direction {
  HIGHER_IS_BETTER,
  LOWER_IS_BETTER;

  /** Whether {@code value} is strictly better than {@code other}; NaN is never better. */
  public boolean better(double value, double other) {
    return this == HIGHER_IS_BETTER ? value > other : value < other;
  }
}
