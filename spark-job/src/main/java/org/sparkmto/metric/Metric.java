package org.sparkmto.metric;

/**
 * A metric of one task over a split, computed from sums that add up: count every part of the split
 * on its own, add the sums element by element, then ask for the value. Implementations hold no
 * state of a split.
 */
public interface Metric {

  /** Lower-case words joined by hyphens; unique among the metrics of a task. */
  String name();

  /** Which way the value gets better. */
  Direction direction();

  /** How many sums the metric needs, at least 1. Every sum starts at 0. */
  int sums();

  /**
   * The metric of all samples in the sums.
   *
   * @param sums {@link #sums} numbers
   * @return NaN where the metric is undefined; each metric says when that is
   */
  double value(double[] sums);
}
