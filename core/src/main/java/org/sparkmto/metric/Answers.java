package org.sparkmto.metric;

/**
 * What a network said of a batch for one task, beside what is true: labels for tasks that have
 * them, real numbers for the others. A task of whole samples has one pixel.
 */
public final class Answers {
  /** The label of what is not labelled. */
  public static final int NO_LABEL = -1;

  private final int samples;
  private final int channels;
  private final int pixels;
  private final float[] outputs;
  private final int[] labels;
  private final float[] truth;

  private Answers(
      int samples, int channels, int pixels, float[] outputs, int[] labels, float[] truth) {
    if ((long) samples * channels * pixels != outputs.length) {
      throw new IllegalArgumentException(
          "%d outputs are not %d samples of %d channels and %d pixels"
              .formatted(outputs.length, samples, channels, pixels));
    }
    this.samples = samples;
    this.channels = channels;
    this.pixels = pixels;
    this.outputs = outputs;
    this.labels = labels;
    this.truth = truth;
  }

  /**
   * Beside labels.
   *
   * @param channels outputs of a sample or pixel
   * @param outputs samples x channels x pixels, borrowed
   * @param labels of each sample's pixels, or each sample's labels; {@link #NO_LABEL} where there
   *     is none; borrowed
   */
  public static Answers ofLabels(
      int samples, int channels, int pixels, float[] outputs, int[] labels) {
    return new Answers(samples, channels, pixels, outputs, labels, new float[0]);
  }

  /**
   * Beside real numbers.
   *
   * @param outputs samples x channels x pixels, borrowed
   * @param truth shaped like the outputs, NaN where there is none; borrowed
   */
  public static Answers ofNumbers(
      int samples, int channels, int pixels, float[] outputs, float[] truth) {
    if (truth.length != outputs.length) {
      throw new IllegalArgumentException(
          truth.length + " true numbers beside " + outputs.length + " outputs");
    }
    return new Answers(samples, channels, pixels, outputs, new int[0], truth);
  }

  /** Samples. */
  public int samples() {
    return samples;
  }

  /** Outputs of a sample or pixel. */
  public int channels() {
    return channels;
  }

  /** Pixels of a sample. */
  public int pixels() {
    return pixels;
  }

  /**
   * What the network said, in logits or numbers, not to be changed: sample after sample, of each
   * channel after channel, of each pixel after pixel.
   */
  public float[] outputs() {
    return outputs;
  }

  /**
   * Labels of each sample's pixels, or each sample's labels, {@link #NO_LABEL} where there is none;
   * not to be changed.
   */
  public int[] labels() {
    return labels;
  }

  /** The output of a channel of a pixel, pixels counted over all samples. */
  public float output(int pixel, int channel) {
    return outputs[place(pixel, channel)];
  }

  /** What is true of it, NaN where nobody knows. */
  public float truth(int pixel, int channel) {
    return truth[place(pixel, channel)];
  }

  private int place(int pixel, int channel) {
    return (pixel / pixels * channels + channel) * pixels + pixel % pixels;
  }

  /** The channel with the largest output, the first of equals; -1 if an output is NaN. */
  public int largest(int pixel) {
    int best = 0;
    for (int channel = 0; channel < channels; channel++) {
      float output = output(pixel, channel);
      if (Float.isNaN(output)) {
        return -1;
      }
      if (output > output(pixel, best)) {
        best = channel;
      }
    }
    return best;
  }

  /** All pixels of all samples. */
  public int allPixels() {
    return samples * pixels;
  }
}
