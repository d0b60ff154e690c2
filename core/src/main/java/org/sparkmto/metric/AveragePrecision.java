package org.sparkmto.metric;

/**
 * The area under the steps of the precision-recall curve, {@code sum_n (R_n - R_(n-1)) P_n} over
 * the distinct scores from the highest down; equal scores are one threshold. It depends on the
 * order of all scores, so it does not follow from sums of parts.
 */
public final class AveragePrecision {
  private AveragePrecision() {}

  /** The value of one question; NaN if nothing is positive, or a score is NaN. */
  static double of(ScoredLabels answers) {
    return of(answers.scores(), answers.positive());
  }

  /**
   * The value of one label, in [0, 1].
   *
   * @return NaN if no sample is positive, or a score is NaN
   * @throws IllegalArgumentException if the lengths differ
   */
  public static double of(double[] scores, boolean[] positive) {
    if (scores.length != positive.length) {
      throw new IllegalArgumentException(
          scores.length + " scores of " + positive.length + " labels");
    }
    int[] order = new ScoredLabels(scores, positive).falling();
    double hits = 0;
    double hitsBefore = 0;
    double sum = 0;
    for (int n = 0; n < order.length; n++) {
      if (Double.isNaN(scores[order[n]])) {
        return Double.NaN;
      }
      hits += positive[order[n]] ? 1 : 0;
      boolean lastOfEquals = n + 1 == order.length || scores[order[n + 1]] != scores[order[n]];
      if (lastOfEquals) {
        sum += (hits - hitsBefore) * hits / (n + 1);
        hitsBefore = hits;
      }
    }
    return Logits.ratio(sum, hits);
  }
}
