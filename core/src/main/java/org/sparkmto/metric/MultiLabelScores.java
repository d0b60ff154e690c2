package org.sparkmto.metric;

import java.util.Arrays;
import java.util.List;

/**
 * Mean average precision and mean F1 over the labels, both in [0, 1]. A label without a positive
 * sample has neither, and is left out of the means, which are NaN if nothing is left. A NaN output
 * makes the mean average precision NaN and is a wrong answer for F1.
 *
 * @param labels how many labels a sample has
 * @param threshold the probability from which on the answer is yes
 */
public record MultiLabelScores(int labels, double threshold) implements Metric {
  static final Figure MEAN_AVERAGE_PRECISION =
      Figure.higher("mean-average-precision")
          .needs("a label that says yes, and numbers as answers");
  static final Figure MEAN_F1 = Figure.higher("mean-f1").needs("a label that says yes");

  private static final double HALF = 0.5;

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "multi-label-scores",
              "multi-label",
              "average precision and F1, averaged over the labels",
              MEAN_AVERAGE_PRECISION,
              MEAN_F1)
          .judging(MetricTask.MULTI_LABEL, task -> new MultiLabelScores(task.classes(), HALF));

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  @Override
  public int sums() {
    return 3 * labels;
  }

  @Override
  public void add(Tally tally, Answers answers) {
    double least = Math.log(threshold / (1 - threshold));
    ScoredLabels.list(tally, answers);
    for (int at = 0; at < answers.samples() * labels; at++) {
      int truth = answers.labels()[at];
      if (truth == Answers.NO_LABEL) {
        continue;
      }
      double logit = answers.outputs()[at];
      boolean yes = Double.isNaN(logit) ? truth == 0 : logit >= least;
      int sum = 3 * (at % labels);
      tally.sums()[sum] += yes && truth == 1 ? 1 : 0;
      tally.sums()[sum + 1] += yes && truth == 0 ? 1 : 0;
      tally.sums()[sum + 2] += !yes && truth == 1 ? 1 : 0;
    }
  }

  @Override
  public double[] values(Tally tally) {
    double[] precisions = new double[labels];
    double[] f1 = new double[labels];
    ScoredLabels[] answers = ScoredLabels.of(tally, labels);
    for (int label = 0; label < labels; label++) {
      precisions[label] = AveragePrecision.of(answers[label]);
      double[] sums = Arrays.copyOfRange(tally.sums(), 3 * label, 3 * label + 3);
      f1[label] = sums[0] + sums[2] == 0 ? Double.NaN : LabelCounts.f1(sums[0], sums[1] + sums[2]);
    }
    return new double[] {ScoredLabels.meanOfDefined(precisions), ScoredLabels.meanOfDefined(f1)};
  }
}
