package org.sparkmto.metric;

/**
 * The mean over the classes that occur among the labels of F1, {@code 2 TP / (2 TP + FP + FN)}, of
 * the class with the largest logit, in [0, 1]: every class counts the same, however rare. Unlike
 * scikit-learn's macro average it leaves a class out that only predictions have, so that the labels
 * alone say over what the mean is. NaN if no sample is labelled.
 *
 * @param classes number of classes, at least 2
 */
public record MacroF1(int classes) implements LabelMetric {
  static final Figure FIGURE = Figure.higher("macro-f1").besides();

  static final MetricEntry ENTRY =
      MetricEntry.of("macro-f1", "classification", "mean F1 over the classes that occur", FIGURE)
          .judging(MetricTask.CLASSIFICATION, task -> new MacroF1(task.classes()))
          .onlyOnRequest();

  public MacroF1 {
    Logits.checkedClasses(classes);
  }

  @Override
  public Figure figure() {
    return FIGURE;
  }

  /** True positives, wrong answers that concern a class, and labels, each by class. */
  @Override
  public int sums() {
    return 3 * classes;
  }

  @Override
  public int outputs() {
    return classes;
  }

  @Override
  public void count(double[] sums, float[] outputs, int from, int label) {
    int answer = Logits.largest(outputs, from, classes);
    sums[2 * classes + label]++;
    if (answer == label) {
      sums[label]++;
      return;
    }
    sums[classes + label]++;
    if (answer >= 0) {
      sums[classes + answer]++;
    }
  }

  @Override
  public double value(double[] sums) {
    double[] f1 = new double[classes];
    for (int label = 0; label < classes; label++) {
      f1[label] =
          sums[2 * classes + label] == 0
              ? Double.NaN
              : LabelCounts.f1(sums[label], sums[classes + label]);
    }
    return ScoredLabels.meanOfDefined(f1);
  }
}
