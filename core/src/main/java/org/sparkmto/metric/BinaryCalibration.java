package org.sparkmto.metric;

import java.util.List;

/**
 * The expected calibration error of the probability of yes, as torchmetrics' {@code
 * BinaryCalibrationError}: by how much, on average, a probability misses the share of yes among the
 * samples of its bin. In [0, 1]; NaN if no sample is labelled, and once a network has said NaN.
 *
 * @see CalibrationBins
 */
public record BinaryCalibration() implements Metric {
  static final Figure FIGURE =
      Figure.lower("calibration-error").needs("a label, and numbers as answers").besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "binary-calibration",
              "binary",
              "expected calibration error of the probability of yes, over 15 bins of equal width",
              FIGURE)
          .judging(MetricTask.BINARY, task -> new BinaryCalibration())
          .onlyOnRequest();

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  /** Those of the bins. */
  @Override
  public int sums() {
    return CalibrationBins.sums();
  }

  @Override
  public void add(Tally tally, Answers answers) {
    for (int sample = 0; sample < answers.samples(); sample++) {
      int truth = answers.labels()[sample];
      if (truth != Answers.NO_LABEL) {
        double probability = Logits.sigmoid(answers.outputs()[sample]);
        CalibrationBins.add(tally.sums(), 0, probability, truth == 1);
      }
    }
  }

  @Override
  public double[] values(Tally tally) {
    return new double[] {CalibrationBins.error(tally.sums(), 0)};
  }
}
