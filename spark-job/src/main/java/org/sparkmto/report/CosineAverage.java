package org.sparkmto.report;

import com.fasterxml.jackson.databind.JsonNode;

/** The mean of the logged cosine matrices of the task gradients, entry by entry. */
final class CosineAverage {
  private final double[][] sums;
  private final int[][] counts;
  private int matrices;

  CosineAverage(int tasks) {
    sums = new double[tasks][tasks];
    counts = new int[tasks][tasks];
  }

  static boolean fits(JsonNode rows, int tasks) {
    if (!rows.isArray() || rows.size() != tasks) {
      return false;
    }
    for (JsonNode row : rows) {
      if (!row.isArray() || row.size() != tasks) {
        return false;
      }
    }
    return true;
  }

  /** Adds a matrix that fits; entries that are no number (a gradient was zero) are left out. */
  void add(JsonNode rows) {
    matrices++;
    for (int i = 0; i < sums.length; i++) {
      for (int j = 0; j < sums.length; j++) {
        double cosine = Evaluation.number(rows.get(i).get(j));
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
