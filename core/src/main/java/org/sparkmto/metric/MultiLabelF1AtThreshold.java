package org.sparkmto.metric;

import java.util.List;

/**
 * The mean over the labels of F1, {@code 2 TP / (2 TP + FP + FN)}, in [0, 1], from the threshold of
 * each label at which it is highest on the validation split. There it is the highest F1; elsewhere
 * it is that of the stored thresholds, and NaN if none is stored: no other split may choose. A
 * label without a positive sample is left out; NaN if none is left. A NaN output is a wrong answer,
 * and no split with one chooses.
 *
 * @param labels how many labels a sample has
 * @param decisions where yes begins, or that this split chooses
 */
public record MultiLabelF1AtThreshold(int labels, MetricTask.Decisions decisions)
    implements Metric {
  static final Figure FIGURE =
      Figure.higher("mean-f1-at-threshold")
          .needs(
              "a label that says yes, numbers as answers, and a threshold that the validation"
                  + " split chose")
          .besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "multi-label-f1-at-threshold",
              "multi-label",
              "F1 of yes from the threshold on that was best on the validation split, which is"
                  + " stored with the model, averaged over the labels",
              FIGURE)
          .judging(
              MetricTask.MULTI_LABEL,
              task -> new MultiLabelF1AtThreshold(task.classes(), task.decisions()))
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
    return new double[] {BestF1.mean(tally, labels, decisions)};
  }

  @Override
  public double[] thresholds(Tally tally) {
    return BestF1.thresholds(tally, labels, decisions);
  }
}
