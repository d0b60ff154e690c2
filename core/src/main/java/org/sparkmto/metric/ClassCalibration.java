package org.sparkmto.metric;

import java.util.List;

/**
 * The expected calibration error of the largest probability (Guo et al., ICML 2017): by how much,
 * on average, the confidence in an answer misses the share of right answers among the samples of
 * its bin. In [0, 1]; NaN if no sample is labelled, and once a network has said NaN.
 *
 * @see CalibrationBins
 */
public record ClassCalibration() implements Metric {
  static final Figure FIGURE =
      Figure.lower("calibration-error").needs("a label, and numbers as answers").besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "class-calibration",
              "classification",
              "expected calibration error of the largest probability, over 15 bins of equal width",
              FIGURE)
          .judging(MetricTask.CLASSIFICATION, task -> new ClassCalibration())
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
    int classes = answers.channels();
    for (int sample = 0; sample < answers.samples(); sample++) {
      int truth = answers.labels()[sample];
      if (truth != Answers.NO_LABEL) {
        int answer = Logits.largest(answers.outputs(), sample * classes, classes);
        double confidence =
            answer < 0
                ? Double.NaN
                : Logits.softmax(answers.outputs(), sample * classes, classes)[answer];
        CalibrationBins.add(tally.sums(), 0, confidence, answer == truth);
      }
    }
  }

  @Override
  public double[] values(Tally tally) {
    return new double[] {CalibrationBins.error(tally.sums(), 0)};
  }
}
