package org.sparkmto.metric;

import java.util.List;

/**
 * A metric of a task whose target is one class label per sample, with one figure. Its sums are
 * counts, exact up to 2^53 samples.
 */
public interface LabelMetric extends Metric {

  /** Its figure. */
  Figure figure();

  /**
   * The metric of all samples in the sums.
   *
   * @param sums {@link #sums} numbers
   * @return NaN where the metric is undefined; each metric says when that is
   */
  double value(double[] sums);

  /** Outputs per sample: the number of classes, or 1 for a task that asks yes or no. */
  int outputs();

  /**
   * Counts a labelled sample.
   *
   * <p>A sample with a NaN output counts as a wrong answer, so that a diverged network cannot look
   * good by predicting nothing.
   *
   * @param sums {@link #sums} numbers, to which this call adds
   * @param outputs logits, those of the sample from {@code from} on
   * @param label a class of the task
   */
  void count(double[] sums, float[] outputs, int from, int label);

  /**
   * Counts samples.
   *
   * @param sums {@link #sums} numbers, to which this call adds
   * @param outputs logits, {@code samples x channels}, row-major; may be longer
   * @param channels outputs per sample; must be {@link #outputs}
   * @param labels one label per sample; may be longer
   * @param samples how many samples to count
   * @param missing the label that says "not labelled"; such samples are skipped
   * @throws IllegalArgumentException if a shape does not fit or a label is no class of the task;
   *     the sums are then incomplete and must not be used
   */
  default void add(
      double[] sums, float[] outputs, int channels, int[] labels, int samples, int missing) {
    Logits.check(this, sums, outputs, channels, labels, samples);
    for (int sample = 0; sample < samples; sample++) {
      if (labels[sample] != missing) {
        int label = Logits.checkedLabel(this, labels[sample], Math.max(2, channels), sample);
        count(sums, outputs, sample * channels, label);
      }
    }
  }

  @Override
  default List<Figure> figures() {
    return List.of(figure());
  }

  @Override
  default void add(Tally tally, Answers answers) {
    add(
        tally.sums(),
        answers.outputs(),
        answers.channels(),
        answers.labels(),
        answers.samples(),
        Answers.NO_LABEL);
  }

  @Override
  default double[] values(Tally tally) {
    return new double[] {value(tally.sums())};
  }
}
