package org.sparkmto.metric;

import java.util.List;

/**
 * {@link AveragePrecision} of a task that asks yes or no, in [0, 1]. NaN if no sample is truly yes,
 * and once a network has said NaN. It needs the order of all answers, so a tally of it keeps two
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
          "binary, where metrics.also asks for it",
          "area under the steps of the precision-recall curve",
          FIGURE);

  /** How one answer is listed: logit, truth. */
  private static final int LISTED = 2;

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
    for (int sample = 0; sample < answers.samples(); sample++) {
      int truth = answers.labels()[sample];
      if (truth != Answers.NO_LABEL) {
        tally.list(answers.outputs()[sample], truth);
      }
    }
  }

  @Override
  public double[] values(Tally tally) {
    double[] listed = tally.listed();
    double[] scores = new double[listed.length / LISTED];
    boolean[] positive = new boolean[scores.length];
    for (int sample = 0; sample < scores.length; sample++) {
      scores[sample] = listed[LISTED * sample];
      positive[sample] = listed[LISTED * sample + 1] == 1;
    }
    return new double[] {AveragePrecision.of(scores, positive)};
  }
}
