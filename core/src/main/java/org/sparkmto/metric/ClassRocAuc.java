package org.sparkmto.metric;

import java.util.List;

/**
 * The mean over the classes of {@link RocAuc} of each class against the others by its probability,
 * as scikit-learn's {@code roc_auc_score(multi_class="ovr", average="macro")}, in [0, 1]. A class
 * that never occurs, or always, is left out; NaN if none is left. A tally of it keeps three numbers
 * for each class of each labelled sample.
 *
 * @param classes number of classes
 */
public record ClassRocAuc(int classes) implements Metric {
  static final Figure FIGURE =
      Figure.higher("mean-roc-auc")
          .needs("labels of two classes or more, and numbers as answers")
          .besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "class-roc-auc",
              "classification",
              "area under the receiver operating characteristic of each class against the others,"
                  + " averaged",
              FIGURE)
          .judging(MetricTask.CLASSIFICATION, task -> new ClassRocAuc(task.classes()))
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
    ScoredLabels.listOneVersusRest(tally, answers);
  }

  @Override
  public double[] values(Tally tally) {
    return new double[] {ScoredLabels.mean(tally, classes, RocAuc::of)};
  }
}
