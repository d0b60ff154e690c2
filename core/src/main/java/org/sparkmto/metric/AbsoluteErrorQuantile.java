package org.sparkmto.metric;

import java.util.Arrays;
import java.util.List;

/**
 * A quantile of the absolute errors over all numbers of the split that are known, in the unit of
 * the target: unlike a mean it does not move with a few that are far off. Between two errors it
 * lies on the straight line, as NumPy's {@code quantile} has it. Exact: a tally keeps every error.
 * NaN if nothing is known, and once a network has said NaN.
 *
 * @param share of the errors that are not above it, in [0, 1]
 * @param figure what it is called
 */
public record AbsoluteErrorQuantile(double share, Figure figure) implements Metric {
  static final Figure MEDIAN = figure("median-absolute-error");
  static final Figure NINETY = figure("absolute-error-90");

  static final MetricEntry MEDIAN_ENTRY =
      entry("absolute-error-median", "median of the absolute errors", 0.5, MEDIAN);

  static final MetricEntry NINETY_ENTRY =
      entry("absolute-error-ninety", "what 90 % of the absolute errors are not above", 0.9, NINETY);

  private static Figure figure(String name) {
    return Figure.lower(name).needs("a label, and numbers as answers").besides();
  }

  private static MetricEntry entry(String name, String summary, double share, Figure figure) {
    return MetricEntry.of(name, "regression", summary + ", in the unit of the target", figure)
        .judging(MetricTask.REGRESSION, task -> new AbsoluteErrorQuantile(share, figure))
        .onlyOnRequest();
  }

  @Override
  public List<Figure> figures() {
    return List.of(figure);
  }

  /** None: everything is listed. */
  @Override
  public int sums() {
    return 0;
  }

  @Override
  public void add(Tally tally, Answers answers) {
    for (int pixel = 0; pixel < answers.allPixels(); pixel++) {
      for (int channel = 0; channel < answers.channels(); channel++) {
        double truth = answers.truth(pixel, channel);
        if (!Double.isNaN(truth)) {
          tally.list(Math.abs(answers.output(pixel, channel) - truth));
        }
      }
    }
  }

  @Override
  public double[] values(Tally tally) {
    double[] errors = tally.listed();
    // NaN stands behind all numbers.
    Arrays.sort(errors);
    int last = errors.length - 1;
    if (last < 0 || Double.isNaN(errors[last])) {
      return new double[] {Double.NaN};
    }
    double place = share * last;
    int below = (int) place;
    int above = Math.min(last, below + 1);
    return new double[] {errors[below] + (place - below) * (errors[above] - errors[below])};
  }
}
