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
          FIGURE);

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
  public void add(
      double[] sums, float[] outputs, int channels, int[] labels, int samples, int missing) {
    Logits.check(this, sums, outputs, channels, classes, labels, samples);
    for (int sample = 0; sample < samples; sample++) {
      if (labels[sample] != missing) {
        int label = Logits.checkedLabel(this, labels[sample], classes, sample);
        sums[0] += Logits.largest(outputs, sample * channels, channels) == label ? 1 : 0;
        sums[1]++;
      }
    }
  }

  @Override
  public double value(double[] sums) {
    return Logits.ratio(sums[0], sums[1]);
  }
}
