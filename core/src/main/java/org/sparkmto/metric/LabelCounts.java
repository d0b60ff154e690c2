package org.sparkmto.metric;

/**
 * Yes-no answers to one label of many, from counts that add up over any partition. The answer is
 * yes where the score reaches the threshold.
 *
 * @param threshold of the score
 */
public record LabelCounts(double threshold) {

  /** True positives, false positives, false negatives, true negatives. */
  public int sums() {
    return 4;
  }

  /**
   * Counts samples.
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  public void add(double[] sums, double[] scores, boolean[] positive) {
    if (sums.length != sums() || scores.length != positive.length) {
      throw new IllegalArgumentException(
          "%d scores of %d labels do not go into %d sums"
              .formatted(scores.length, positive.length, sums.length));
    }
    for (int sample = 0; sample < scores.length; sample++) {
      boolean yes = scores[sample] >= threshold;
      sums[positive[sample] ? (yes ? 0 : 2) : (yes ? 1 : 3)]++;
    }
  }

  /**
   * The harmonic mean of precision and recall, {@code 2 TP / (2 TP + FP + FN)}; NaN where there is
   * neither a positive nor a yes.
   */
  public double f1(double[] sums) {
    return f1(sums[0], sums[1] + sums[2]);
  }

  /** The same, from right answers yes and from all wrong answers. */
  static double f1(double truePositives, double wrong) {
    return Logits.ratio(2 * truePositives, 2 * truePositives + wrong);
  }

  /** The share of right answers; NaN without samples. */
  public double accuracy(double[] sums) {
    return Logits.ratio(sums[0] + sums[3], sums[0] + sums[1] + sums[2] + sums[3]);
  }
}
