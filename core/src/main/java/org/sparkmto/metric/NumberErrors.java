package org.sparkmto.metric;

import java.util.List;

/**
 * Mean absolute and mean squared error over all numbers of the split that are known, in the unit of
 * the target. NaN if none is.
 */
public record NumberErrors() implements Metric {
  static final Figure ABSOLUTE = Figure.lower("mae").needs("a label, and finite answers");
  static final Figure SQUARED = Figure.lower("mse").needs("a label, and finite answers").besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "number-errors",
              "regression, vectors",
              "mean absolute and mean squared error in the unit of the target",
              ABSOLUTE,
              SQUARED)
          .judging(MetricTask.REGRESSION, task -> new NumberErrors())
          .judging(MetricTask.VECTORS, task -> new NumberErrors());

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  /** Known numbers, absolute errors, squared errors. */
  @Override
  public int sums() {
    return 3;
  }

  @Override
  public void add(Tally tally, Answers answers) {
    double[] sums = tally.sums();
    for (int pixel = 0; pixel < answers.allPixels(); pixel++) {
      for (int channel = 0; channel < answers.channels(); channel++) {
        double truth = answers.truth(pixel, channel);
        if (!Double.isNaN(truth)) {
          double error = answers.output(pixel, channel) - truth;
          sums[0]++;
          sums[1] += Math.abs(error);
          sums[2] += error * error;
        }
      }
    }
  }

  @Override
  public double[] values(Tally tally) {
    double[] sums = tally.sums();
    return new double[] {Logits.ratio(sums[1], sums[0]), Logits.ratio(sums[2], sums[0])};
  }
}
