package org.sparkmto.report;

import java.util.Arrays;
import java.util.List;

/**
 * The logged cosine matrices of the task gradients, entry by entry: their mean, how they went, and
 * how often they were in conflict.
 */
final class CosineAverage {
  private static final int BUCKETS = 64;

  private final double[][] sums;
  private final int[][] counts;
  private final int[][] conflicts;
  private final Series[][] series;
  private int matrices;

  CosineAverage(int tasks) {
    sums = new double[tasks][tasks];
    counts = new int[tasks][tasks];
    conflicts = new int[tasks][tasks];
    series = new Series[tasks][];
    for (int i = 0; i < tasks; i++) {
      series[i] = new Series[i];
      Arrays.setAll(series[i], j -> new Series(BUCKETS));
    }
  }

  /**
   * Adds a matrix of as many rows and columns; entries that are no number (a gradient was zero) are
   * left out.
   *
   * @param step whose gradients they are of
   */
  void add(long step, List<List<Double>> rows) {
    matrices++;
    for (int i = 0; i < sums.length; i++) {
      for (int j = 0; j < sums.length; j++) {
        double cosine = rows.get(i).get(j);
        if (Double.isFinite(cosine)) {
          sums[i][j] += cosine;
          counts[i][j]++;
          conflicts[i][j] += cosine < 0 ? 1 : 0;
          if (j < i) {
            series[i][j].add(step, cosine);
          }
        }
      }
    }
  }

  int matrices() {
    return matrices;
  }

  /** NaN if no matrix had the entry. */
  double of(int i, int j) {
    return counts[i][j] == 0 ? Double.NaN : sums[i][j] / counts[i][j];
  }

  /** The share of matrices in which the entry was below zero; NaN if no matrix had it. */
  double conflict(int i, int j) {
    return counts[i][j] == 0 ? Double.NaN : (double) conflicts[i][j] / counts[i][j];
  }

  /** An entry over steps, of two different tasks. */
  Curve over(int i, int j) {
    return series[Math.max(i, j)][Math.min(i, j)].means();
  }
}
