package org.sparkmto.metric;

/**
 * The share of labelled samples whose largest logit is the label's, in [0, 1]; the first of equal
 * logits is the answer. NaN if no sample is labelled.
 *
 * @param classes number of classes, at least 2
 */
public record Accuracy(int classes) implements LabelMetric {
  static final Figure FIGURE = Figure.higher("accuracy");

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "accuracy",
              "classification",
              "share of labelled samples whose largest output is the label's",
              FIGURE)
          .judging(MetricTask.CLASSIFICATION, task -> new Accuracy(task.classes()));

  public Accuracy {
    Logits.checkedClasses(classes);
  }

  @Override
  public Figure figure() {
    return FIGURE;
  }

  /** Right answers, labelled samples. */
  @Override
  public int sums() {
    return 2;
  }

  @Override
  public int outputs() {
    return classes;
  }

  @Override
  public void count(double[] sums, float[] outputs, int from, int label) {
    sums[0] += Logits.largest(outputs, from, classes) == label ? 1 : 0;
    sums[1]++;
  }

  @Override
  public double value(double[] sums) {
    return Logits.ratio(sums[0], sums[1]);
  }
}
