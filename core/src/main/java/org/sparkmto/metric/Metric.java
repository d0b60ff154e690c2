package org.sparkmto.metric;

import java.util.List;

/**
 * A way of judging one task over a split: count every part of the split on its own, put the tallies
 * together, then ask for the values. How the split was shared cannot be seen in them.
 * Implementations hold no state of a split.
 */
public interface Metric {

  /** What it comes to, in the order of {@link #values}; at least one. */
  List<Figure> figures();

  /** How many sums it needs. Every sum starts at 0. */
  int sums();

  /**
   * Counts a batch.
   *
   * @throws IllegalArgumentException if the answers do not fit the metric; the tally is then
   *     incomplete and must not be used
   */
  void add(Tally tally, Answers answers);

  /**
   * The figures of all that was counted.
   *
   * @return NaN where a figure is undefined; each metric says when that is
   */
  double[] values(Tally tally);

  /**
   * Where it has decisions begin, if the split chooses that: in logits, one for each label, NaN for
   * a label that cannot choose. None of a metric that chooses nothing.
   */
  default double[] thresholds(Tally tally) {
    return new double[0];
  }
}
