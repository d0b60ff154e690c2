package org.sparkmto.metric;

/**
 * The share of labelled samples answered right in [0, 1], where the answer is yes if the logit is
 * above 0, that is, a probability above one half. NaN if no sample is labelled.
 */
public record BinaryAccuracy() implements LabelMetric {
  static final MetricEntry ENTRY =
      MetricEntry.of(
              "binary-accuracy",
              "binary",
              "share of labelled samples answered right, yes from a probability of one half on",
              Accuracy.FIGURE)
          .judging(
              task -> task.is(MetricTask.BINARY) && !task.choices().has(Quirk.BINARY_F1),
              task -> new BinaryAccuracy());

  @Override
  public Figure figure() {
    return Accuracy.FIGURE;
  }

  /** Right answers, labelled samples. */
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
    sums[0] += BinaryBalancedAccuracy.right(outputs[from], 0, label) ? 1 : 0;
    sums[1]++;
  }

  @Override
  public double value(double[] sums) {
    return Logits.ratio(sums[0], sums[1]);
  }
}
