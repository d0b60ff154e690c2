package org.sparkmto.metric;

import java.util.List;

/**
 * F1 of yes, {@code 2 TP / (2 TP + FP + FN)}, in [0, 1], from the threshold at which it is highest
 * on the validation split. There it is the highest F1; elsewhere it is that of the stored
 * threshold, and NaN if none is stored: no other split may choose. NaN also if nothing is truly
 * yes. A NaN output is a wrong answer, and no split with one chooses.
 *
 * @param decisions where yes begins, or that this split chooses
 */
public record BinaryF1AtThreshold(MetricTask.Decisions decisions) implements Metric {
  static final Figure FIGURE =
      Figure.higher("f1-at-threshold")
          .needs(
              "a label that says yes, numbers as answers, and a threshold that the validation"
                  + " split chose")
          .besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "binary-f1-at-threshold",
              "binary",
              "F1 of yes from the threshold on that was best on the validation split, which is"
                  + " stored with the model",
              FIGURE)
          .judging(MetricTask.BINARY, task -> new BinaryF1AtThreshold(task.decisions()))
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
    return new double[] {BestF1.mean(tally, 1, decisions)};
  }

  @Override
  public double[] thresholds(Tally tally) {
    return BestF1.thresholds(tally, 1, decisions);
  }
}
