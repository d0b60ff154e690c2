package org.sparkmto.metric;

import java.util.List;

/**
 * {@link RocAuc} of a task that asks yes or no, in [0, 1]; one half for whoever guesses. NaN unless
 * both yes and no occur among the labels, and once a network has said NaN. A tally of it keeps
 * three numbers for each labelled sample.
 */
public record BinaryRocAuc() implements Metric {
  static final Figure FIGURE =
      Figure.higher("roc-auc")
          .needs("labels that say yes and labels that say no, and numbers as answers")
          .besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "binary-roc-auc",
              "binary",
              "area under the receiver operating characteristic, exact, equal scores counting half",
              FIGURE)
          .judging(MetricTask.BINARY, task -> new BinaryRocAuc())
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
    ScoredLabels.list(tally, answers);
  }

  @Override
  public double[] values(Tally tally) {
    return new double[] {RocAuc.of(ScoredLabels.of(tally, 1)[0])};
  }
}
