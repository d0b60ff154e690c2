package org.sparkmto.experiment;

import java.util.List;

/**
 * Whether a quantity that should stay as it is moves over the steps.
 *
 * @param growth the last value less the first
 * @param slope of the least-squares line, per step; NaN if there are too few values
 * @param uncertainty half the width of the 95 % interval of the slope; NaN if there are too few
 *     values
 */
record Drift(double growth, double slope, double uncertainty) {
  private static final int MOST_BLOCKS = 10;

  /** Quantile 0.975 of Student's t with 1, 2, ... degrees of freedom. */
  private static final List<Double> STUDENT =
      List.of(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306);

  /**
   * The drift of values at consecutive steps. Neighbours resemble each other, as memory that an
   * allocator took stays for a while, so the line goes through the means of at most ten blocks of
   * steps, and their scatter about it gives the uncertainty.
   */
  static Drift of(List<Double> values) {
    double growth = values.isEmpty() ? 0 : values.get(values.size() - 1) - values.get(0);
    int blocks = Math.min(MOST_BLOCKS, values.size());
    if (blocks < 3) {
      return new Drift(growth, Double.NaN, Double.NaN);
    }
    double[] x = new double[blocks];
    double[] y = new double[blocks];
    for (int block = 0; block < blocks; block++) {
      int from = block * values.size() / blocks;
      int to = (block + 1) * values.size() / blocks;
      x[block] = (from + to - 1) / 2.0;
      y[block] =
          values.subList(from, to).stream()
              .mapToDouble(Double::doubleValue)
              .average()
              .orElseThrow();
    }
    double meanX = mean(x);
    double meanY = mean(y);
    double squares = 0;
    double products = 0;
    for (int block = 0; block < blocks; block++) {
      squares += (x[block] - meanX) * (x[block] - meanX);
      products += (x[block] - meanX) * (y[block] - meanY);
    }
    double slope = products / squares;
    double residuals = 0;
    for (int block = 0; block < blocks; block++) {
      double off = y[block] - meanY - slope * (x[block] - meanX);
      residuals += off * off;
    }
    int freedom = blocks - 2;
    double error = Math.sqrt(residuals / freedom / squares);
    return new Drift(growth, slope, STUDENT.get(freedom - 1) * error);
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
