package org.sparkmto.metric;

/** What the metrics share in reading a network's outputs. */
final class Logits {
  private Logits() {}

  static void check(
      LabelMetric metric, double[] sums, float[] outputs, int channels, int[] labels, int samples) {
    if (sums.length != metric.sums()) {
      throw new IllegalArgumentException(
          metric.figure().name() + " needs " + metric.sums() + " sums, got " + sums.length);
    }
    if (channels != metric.outputs()) {
      throw new IllegalArgumentException(
          metric.figure().name()
              + " needs "
              + metric.outputs()
              + " outputs per sample, got "
              + channels);
    }
    if (samples < 0 || labels.length < samples || outputs.length < (long) samples * channels) {
      throw new IllegalArgumentException(
          metric.figure().name()
              + " cannot count "
              + samples
              + " samples of "
              + channels
              + " outputs: there are "
              + outputs.length
              + " outputs and "
              + labels.length
              + " labels");
    }
  }

  /** The label, if it is a class. */
  static int checkedLabel(LabelMetric metric, int label, int classes, int sample) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          metric.figure().name()
              + ": sample "
              + sample
              + " has label "
              + label
              + "; classes run from 0 to "
              + (classes - 1));
    }
    return label;
  }

  /** The class with the largest logit, the first of equals; -1 if a logit is NaN. */
  static int largest(float[] outputs, int from, int channels) {
    int best = 0;
    for (int channel = 0; channel < channels; channel++) {
      float logit = outputs[from + channel];
      if (Float.isNaN(logit)) {
        return -1;
      }
      if (logit > outputs[from + best]) {
        best = channel;
      }
    }
    return best;
  }

  /** Probabilities of the classes; NaN if a logit is. */
  static double[] softmax(float[] outputs, int from, int channels) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (int channel = 0; channel < channels; channel++) {
      greatest = Math.max(greatest, outputs[from + channel]);
    }
    double[] probabilities = new double[channels];
    double sum = 0;
    for (int channel = 0; channel < channels; channel++) {
      probabilities[channel] = Math.exp(outputs[from + channel] - greatest);
      sum += probabilities[channel];
    }
    for (int channel = 0; channel < channels; channel++) {
      probabilities[channel] /= sum;
    }
    return probabilities;
  }

  /** The probability of yes. */
  static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }

  static int checkedClasses(int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException(
          "a classification needs 2 classes or more, not " + classes);
    }
    return classes;
  }

  static double ratio(double part, double whole) {
    return whole == 0 ? Double.NaN : part / whole;
  }
}
