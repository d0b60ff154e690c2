package org.sparkmto.evaluation;

import java.util.Arrays;
import java.util.List;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;

/** What a network has said of the samples of a batch for one task, beside what is true. */
final class Reading {
  private static final int NOTHING = -1;

  private final Task task;
  private final Column target;
  private final int samples;
  private final int pixels;
  private final int channels;
  private final float[] outputs;
  private final int[] labels;
  private final float[] numbers;

  /**
   * A reading.
   *
   * @param outputs samples x channels x pixels
   */
  Reading(Task task, Column target, Batch batch, float[] outputs) {
    this.task = task;
    this.target = target;
    this.outputs = outputs;
    samples = batch.samples();
    pixels = task.kind().hasPixels() ? height() * width() : 1;
    channels = outputs.length / Math.max(1, samples) / pixels;
    labels =
        task.kind().hasLabels()
            ? Arrays.stream(Targets.labels(batch, target, task))
                .map(label -> label == task.missing() ? NOTHING : label)
                .toArray()
            : new int[0];
    numbers = task.kind().hasLabels() ? new float[0] : Targets.values(batch, target, task);
  }

  Task task() {
    return task;
  }

  Column target() {
    return target;
  }

  int samples() {
    return samples;
  }

  /** Rows of a map. */
  int height() {
    List<Integer> shape = target.shape();
    return shape.get(shape.size() - 2);
  }

  /** Columns of a map. */
  int width() {
    List<Integer> shape = target.shape();
    return shape.get(shape.size() - 1);
  }

  /** 1 of a task of whole samples. */
  int pixels() {
    return pixels;
  }

  int channels() {
    return channels;
  }

  /** Questions of yes or no, or of one class of several: pixels, or the labels of a sample. */
  int questions() {
    return samples == 0 ? 0 : labels.length / samples;
  }

  /** The label of a question; -1 if there is none. */
  int label(int sample, int question) {
    return labels[sample * questions() + question];
  }

  /** The true number of a channel; NaN if there is none. */
  float number(int sample, int channel, int pixel) {
    return numbers[(sample * channels + channel) * pixels + pixel];
  }

  float output(int sample, int channel, int pixel) {
    return outputs[(sample * channels + channel) * pixels + pixel];
  }

  /** The channel of the largest output, the first of equals; -1 if an output is NaN. */
  int largest(int sample, int pixel) {
    int best = 0;
    for (int channel = 0; channel < channels; channel++) {
      float value = output(sample, channel, pixel);
      if (Float.isNaN(value)) {
        return NOTHING;
      }
      if (value > output(sample, best, pixel)) {
        best = channel;
      }
    }
    return best;
  }

  /** The probability of a channel among all of them. */
  double probability(int sample, int channel, int pixel) {
    double own = output(sample, channel, pixel);
    double sum = 0;
    for (int other = 0; other < channels; other++) {
      sum += Math.exp(output(sample, other, pixel) - own);
    }
    return 1 / sum;
  }

  /** The output of a question of yes or no: the logarithm of its odds. */
  double logOdds(int sample, int question) {
    return pixels > 1 ? output(sample, 0, question) : output(sample, question, 0);
  }

  /** The probability of yes. */
  double yes(int sample, int question) {
    return 1 / (1 + Math.exp(-logOdds(sample, question)));
  }

  /** The class that was said: 1 for yes; -1 if the network gave no number. */
  int said(int sample, int question) {
    if (isOfClasses()) {
      return largest(sample, question);
    }
    double odds = logOdds(sample, question);
    return Double.isNaN(odds) ? NOTHING : odds >= 0 ? 1 : 0;
  }

  /** Whether one class of several is asked for, rather than yes or no. */
  boolean isOfClasses() {
    return switch (task.kind()) {
      case CLASSIFICATION, SEGMENTATION -> true;
      default -> false;
    };
  }

  /** Whether there is anything to compare with. */
  boolean isLabelled(int sample) {
    int each = task.kind().hasLabels() ? questions() : channels * pixels;
    for (int i = sample * each; i < (sample + 1) * each; i++) {
      if (task.kind().hasLabels() ? labels[i] != NOTHING : !Float.isNaN(numbers[i])) {
        return true;
      }
    }
    return false;
  }
}
