package org.sparkmto.metric;

/**
 * A metric of a task whose target is one class label per sample. Its sums are counts, exact up to
 * 2^53 samples.
 */
public interface LabelMetric extends Metric {

  /**
   * Counts samples.
   *
   * <p>A sample with a NaN output counts as a wrong answer, so that a diverged network cannot look
   * good by predicting nothing.
   *
   * @param sums {@link #sums} numbers, to which this call adds
   * @param outputs logits, {@code samples x channels}, row-major; may be longer
   * @param channels outputs per sample: the number of classes, or 1 for a binary task
   * @param labels one label per sample; may be longer
   * @param samples how many samples to count
   * @param missing the label that says "not labelled"; such samples are skipped
   * @throws IllegalArgumentException if a shape does not fit or a label is no class of the task;
   *     the sums are then incomplete and must not be used
   */
  void add(double[] sums, float[] outputs, int channels, int[] labels, int samples, int missing);
}
