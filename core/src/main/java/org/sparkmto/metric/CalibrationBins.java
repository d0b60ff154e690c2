package org.sparkmto.metric;

/**
 * The expected calibration error over {@value #BINS} bins of equal width, {@code sum_b n_b / n
 * |mean outcome - mean probability|} (Naeini et al., AAAI 2015; bins and norm as in torchmetrics).
 * Sums of bins add up over any partition; probabilities are summed, so another order may change the
 * last digits. A probability of 1 is in the last bin.
 */
final class CalibrationBins {
  /** How many bins, as most publications have. */
  static final int BINS = 15;

  private CalibrationBins() {}

  /** By bin: how many answers, the sum of their probabilities, of how many it came true. */
  static int sums() {
    return 3 * BINS;
  }

  /** Counts an answer; one whose probability is NaN makes the error NaN. */
  static void add(double[] sums, int from, double probability, boolean came) {
    int bin = Double.isNaN(probability) ? 0 : Math.min(BINS - 1, (int) (probability * BINS));
    sums[from + 3 * bin]++;
    sums[from + 3 * bin + 1] += probability;
    sums[from + 3 * bin + 2] += came ? 1 : 0;
  }

  /** How many answers were counted. */
  static double counted(double[] sums, int from) {
    double count = 0;
    for (int bin = 0; bin < BINS; bin++) {
      count += sums[from + 3 * bin];
    }
    return count;
  }

  /** The error, in [0, 1]; NaN if nothing was counted. */
  static double error(double[] sums, int from) {
    double error = 0;
    for (int bin = 0; bin < BINS; bin++) {
      error += Math.abs(sums[from + 3 * bin + 2] - sums[from + 3 * bin + 1]);
    }
    return Logits.ratio(error, counted(sums, from));
  }
}
