package org.sparkmto.metric;

/**
 * F1 of yes, {@code 2 TP / (2 TP + FP + FN)}, in [0, 1], where the answer is yes if the logit is
 * above 0. NaN if nothing is truly yes, whatever the network says: there is no recall then.
 */
public record BinaryF1() implements LabelMetric {
  static final Figure FIGURE = Figure.higher("f1").needs("a label that says yes");

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "binary-f1",
              "binary, with the quirk binary-f1",
              "F1 of yes, from a probability of one half on",
              FIGURE)
          .judging(
              task -> task.is(MetricTask.BINARY) && task.choices().has(Quirk.BINARY_F1),
              task -> new BinaryF1());

  @Override
  public Figure figure() {
    return FIGURE;
  }

  /** True positives, wrong answers, labels that say yes. */
  @Override
  public int sums() {
    return 3;
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
    sums[2] += label;
  }

  @Override
  public double value(double[] sums) {
    return sums[2] == 0 ? Double.NaN : LabelCounts.f1(sums[0], sums[1]);
  }
}
