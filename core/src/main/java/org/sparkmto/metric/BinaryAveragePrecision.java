package org.sparkmto.metric;

import java.util.List;

/**
 * {@link AveragePrecision} of a task that asks yes or no, in [0, 1]. NaN if no sample is truly yes,
 * and once a network has said NaN. It needs the order of all answers, so a tally of it keeps three
 * numbers for each labelled sample of the split.
 */
public record BinaryAveragePrecision() implements Metric {
  static final Figure FIGURE =
      Figure.higher("average-precision")
          .needs("a label that says yes, and numbers as answers")
          .besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "binary-average-precision",
              "binary",
              "area under the steps of the precision-recall curve",
              FIGURE)
          .judging(MetricTask.BINARY, task -> new BinaryAveragePrecision())
          .onlyOnRequest();

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  /** None: everything is listed. */
  @Override
  public int sums() {
    return 0;
  }

  @Override
  public void add(Tally tally, Answers answers) {
    if (answers.channels() != 1) {
      throw new IllegalArgumentException(
          FIGURE.name() + " needs 1 output per sample, got " + answers.channels());
    }
    ScoredLabels.list(tally, answers);
  }

  @Override
  public double[] values(Tally tally) {
    return new double[] {AveragePrecision.of(ScoredLabels.of(tally, 1)[0])};
  }
}
