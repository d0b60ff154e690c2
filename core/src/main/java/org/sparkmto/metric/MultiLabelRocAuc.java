package org.sparkmto.metric;

import java.util.List;

/**
 * The mean over the labels of {@link RocAuc}, in [0, 1]. A label of which not both yes and no occur
 * is left out; NaN if none is left. A tally of it keeps three numbers for each known label.
 *
 * @param labels how many labels a sample has
 */
public record MultiLabelRocAuc(int labels) implements Metric {
  static final Figure FIGURE =
      Figure.higher("mean-roc-auc")
          .needs("a label that says yes of one sample and no of another, and numbers as answers")
          .besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "multi-label-roc-auc",
              "multi-label",
              "area under the receiver operating characteristic, averaged over the labels",
              FIGURE)
          .judging(MetricTask.MULTI_LABEL, task -> new MultiLabelRocAuc(task.classes()))
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
    return new double[] {ScoredLabels.mean(tally, labels, RocAuc::of)};
  }
}
