package org.sparkmto.metric;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What a metric has counted of a split or a part of one: sums, and for metrics that need the order
 * of all answers a list of them.
 */
public final class Tally implements Serializable {
  private static final long serialVersionUID = 1;

  private final double[] sums;
  private double[] listed = {};
  private int length;

  /** Nothing counted yet. */
  public static Tally of(Metric metric) {
    return new Tally(metric.sums());
  }

  Tally(int sums) {
    this.sums = new double[sums];
  }

  /** The sums, {@link Metric#sums} of them, to be added to. */
  public double[] sums() {
    return sums;
  }

  /** Appends numbers to the list. */
  public void list(double... numbers) {
    if (length + numbers.length > listed.length) {
      listed = Arrays.copyOf(listed, Math.max(length + numbers.length, 2 * length));
    }
    System.arraycopy(numbers, 0, listed, length, numbers.length);
    length += numbers.length;
  }

  /** The list, in an order that means nothing. */
  public double[] listed() {
    return Arrays.copyOf(listed, length);
  }

  /**
   * Takes in what was counted elsewhere.
   *
   * @throws IllegalArgumentException if it is of another metric
   */
  public void add(Tally other) {
    if (other.sums.length != sums.length) {
      throw new IllegalArgumentException(
          "a tally of %d sums and one of %d are not of one metric"
              .formatted(sums.length, other.sums.length));
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] += other.sums[i];
    }
    list(other.listed());
  }
}
