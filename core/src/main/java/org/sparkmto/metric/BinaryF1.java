package org.sparkmto.metric;

/**
 * F1 of yes, {@code 2 TP / (2 TP + FP + FN)}, in [0, 1], where the answer is yes if the logit is
 * above 0. NaN if there is neither a true nor a predicted yes.
 */
public record BinaryF1() implements LabelMetric {
  static final Figure FIGURE = Figure.higher("f1");

  static final MetricEntry ENTRY =
      MetricEntry.of(
          "binary-f1",
          "binary, with the quirk binary-f1",
          "F1 of yes, from a probability of one half on",
          FIGURE);

  @Override
  public Figure figure() {
    return FIGURE;
  }

  /** True positives, wrong answers. */
  @Override
  public int sums() {
    return 2;
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public void count(double[] sums, float[] outputs, int from, int label) {
    boolean right = BinaryBalancedAccuracy.right(outputs[from], 0, label);
    sums[0] += right && label == 1 ? 1 : 0;
    sums[1] += right ? 0 : 1;
  }

  @Override
  public double value(double[] sums) {
    return LabelCounts.f1(sums[0], sums[1]);
  }
}
