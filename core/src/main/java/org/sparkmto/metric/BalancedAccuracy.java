package org.sparkmto.metric;

/**
 * The mean recall over the classes that occur among the labels, in [0, 1]: every class counts the
 * same, however rare. NaN if fewer than two classes occur: whoever always says the same is right
 * then.
 *
 * @param classes number of classes, at least 2
 */
public record BalancedAccuracy(int classes) implements LabelMetric {
  static final Figure FIGURE =
      Figure.higher("balanced-accuracy").needs("labels of two classes or more").besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "balanced-accuracy",
              "classification",
              "mean recall over the classes that occur",
              FIGURE)
          .judging(MetricTask.CLASSIFICATION, task -> new BalancedAccuracy(task.classes()));

  public BalancedAccuracy {
    Logits.checkedClasses(classes);
  }

  @Override
  public Figure figure() {
    return FIGURE;
  }

  /** Right answers of each class, then labelled samples of each class. */
  @Override
  public int sums() {
    return 2 * classes;
  }

  @Override
  public int outputs() {
    return classes;
  }

  @Override
  public void count(double[] sums, float[] outputs, int from, int label) {
    sums[label] += Logits.largest(outputs, from, classes) == label ? 1 : 0;
    sums[classes + label]++;
  }

  @Override
  public double value(double[] sums) {
    return meanRecall(sums, classes);
  }

  /** How many classes occur among the labels, hence over how many the value is the mean. */
  public int present(double[] sums) {
    return present(sums, classes);
  }

  static double meanRecall(double[] sums, int classes) {
    int present = present(sums, classes);
    if (present < 2) {
      return Double.NaN;
    }
    double recalls = 0;
    for (int label = 0; label < classes; label++) {
      if (sums[classes + label] > 0) {
        recalls += sums[label] / sums[classes + label];
      }
    }
    return recalls / present;
  }

  static int present(double[] sums, int classes) {
    int present = 0;
    for (int label = 0; label < classes; label++) {
      present += sums[classes + label] > 0 ? 1 : 0;
    }
    return present;
  }
}
