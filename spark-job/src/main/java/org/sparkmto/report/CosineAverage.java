package org.sparkmto.report;

import java.util.List;

/** The mean of the logged cosine matrices of the task gradients, entry by entry. */
final class CosineAverage {
  private final double[][] sums;
  private final int[][] counts;
  private int matrices;

  CosineAverage(int tasks) {
    sums = new double[tasks][tasks];
    counts = new int[tasks][tasks];
  }

  /**
   * Adds a matrix of as many rows and columns; entries that are no number (a gradient was zero) are
   * left out.
   */
  void add(List<List<Double>> rows) {
    matrices++;
    for (int i = 0; i < sums.length; i++) {
      for (int j = 0; j < sums.length; j++) {
        double cosine = rows.get(i).get(j);
        if (Double.isFinite(cosine)) {
          sums[i][j] += cosine;
          counts[i][j]++;
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
}
