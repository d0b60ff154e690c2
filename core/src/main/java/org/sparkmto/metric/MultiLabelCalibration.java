package org.sparkmto.metric;

import java.util.List;

/**
 * The mean over the labels of the expected calibration error of the probability of yes. In [0, 1];
 * a label that is known of no sample is left out; NaN if none is left, and once a network has said
 * NaN.
 *
 * @param labels how many labels a sample has
 * @see CalibrationBins
 */
public record MultiLabelCalibration(int labels) implements Metric {
  static final Figure FIGURE =
      Figure.lower("mean-calibration-error").needs("a label, and numbers as answers").besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "multi-label-calibration",
              "multi-label",
              "expected calibration error of the probability of each label, averaged over the"
                  + " labels",
              FIGURE)
          .judging(MetricTask.MULTI_LABEL, task -> new MultiLabelCalibration(task.classes()))
          .onlyOnRequest();

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  /** Those of the bins. */
  @Override
  public int sums() {
    return labels * CalibrationBins.sums();
  }

  @Override
  public void add(Tally tally, Answers answers) {
    for (int at = 0; at < answers.samples() * labels; at++) {
      int truth = answers.labels()[at];
      if (truth != Answers.NO_LABEL) {
        int from = at % labels * CalibrationBins.sums();
        double probability = Logits.sigmoid(answers.outputs()[at]);
        CalibrationBins.add(tally.sums(), from, probability, truth == 1);
      }
    }
  }

  @Override
  public double[] values(Tally tally) {
    double sum = 0;
    int known = 0;
    for (int label = 0; label < labels; label++) {
      int from = label * CalibrationBins.sums();
      if (CalibrationBins.counted(tally.sums(), from) > 0) {
        sum += CalibrationBins.error(tally.sums(), from);
        known++;
      }
    }
    return new double[] {Logits.ratio(sum, known)};
  }
}
