package org.sparkmto.report;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * One quantity over the steps of a run, in memory that does not grow with the run: steps are
 * collected in at most {@value #BUCKETS} buckets of equal width, which doubles when they do not
 * reach. A bucket keeps mean, least and greatest value, so a single spike stays visible.
 */
final class Series {
  static final int BUCKETS = 512;

  private final int buckets;
  private final double[] sums;
  private final double[] least;
  private final double[] greatest;
  private final int[] counts;
  private long first = -1;
  private long width = 1;

  Series() {
    this(BUCKETS);
  }

  /** A series of fewer buckets, where there are many series. */
  Series(int buckets) {
    this.buckets = buckets;
    sums = new double[buckets];
    least = new double[buckets];
    greatest = new double[buckets];
    counts = new int[buckets];
  }

  /** Adds a finite value. Steps may come in any order from the first one on. */
  void add(long step, double value) {
    if (first < 0 || step < first) {
      first = step;
      width = 1;
      Arrays.fill(counts, 0);
    }
    while ((step - first) / width >= buckets) {
      halve();
    }
    int bucket = (int) ((step - first) / width);
    boolean fresh = counts[bucket] == 0;
    sums[bucket] = fresh ? value : sums[bucket] + value;
    least[bucket] = fresh ? value : Math.min(least[bucket], value);
    greatest[bucket] = fresh ? value : Math.max(greatest[bucket], value);
    counts[bucket]++;
  }

  private void halve() {
    for (int bucket = 0; bucket < buckets; bucket++) {
      int left = 2 * bucket;
      if (left >= buckets) {
        counts[bucket] = 0;
        continue;
      }
      int right = left + 1;
      if (counts[left] == 0) {
        copy(right, bucket);
      } else if (counts[right] == 0) {
        copy(left, bucket);
      } else {
        sums[bucket] = sums[left] + sums[right];
        least[bucket] = Math.min(least[left], least[right]);
        greatest[bucket] = Math.max(greatest[left], greatest[right]);
        counts[bucket] = counts[left] + counts[right];
      }
    }
    width *= 2;
  }

  private void copy(int from, int to) {
    sums[to] = sums[from];
    least[to] = least[from];
    greatest[to] = greatest[from];
    counts[to] = counts[from];
  }

  /**
   * Forgets this step and what follows, because a restarted run does them again. The bucket the
   * step falls into keeps its earlier steps only as far as buckets can tell them apart.
   */
  void rewind(long step) {
    int from = (int) Math.min(buckets, Math.max(0, ceilingDivide(step - first, width)));
    Arrays.fill(counts, from, buckets, 0);
  }

  private static long ceilingDivide(long amount, long by) {
    return -Math.floorDiv(-amount, by);
  }

  boolean isEmpty() {
    return Arrays.stream(counts).allMatch(count -> count == 0);
  }

  Curve means() {
    return curve(bucket -> sums[bucket] / counts[bucket]);
  }

  Curve leasts() {
    return curve(bucket -> least[bucket]);
  }

  Curve greatests() {
    return curve(bucket -> greatest[bucket]);
  }

  private Curve curve(IntToDoubleFunction value) {
    int points = (int) Arrays.stream(counts).filter(count -> count > 0).count();
    double[] x = new double[points];
    double[] y = new double[points];
    int point = 0;
    for (int bucket = 0; bucket < buckets; bucket++) {
      if (counts[bucket] > 0) {
        x[point] = first + bucket * (double) width + (width - 1) / 2.0;
        y[point++] = value.applyAsDouble(bucket);
      }
    }
    return new Curve(x, y);
  }
}
