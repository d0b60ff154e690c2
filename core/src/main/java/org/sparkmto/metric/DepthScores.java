package org.sparkmto.metric;

import java.util.List;

/**
 * Mean absolute error in the unit of the target, mean relative error (a ratio, no percentage), root
 * mean square error and its square over all pixels of the split that have a depth or disparity. NaN
 * if none has, and once a network has said NaN.
 *
 * @param invalid the true value, besides NaN, that says that there is none; NaN if no other does
 */
public record DepthScores(double invalid) implements Metric {
  private static final String DEPTH = "a depth, and finite answers";

  static final Figure ABSOLUTE = Figure.lower("absolute-error").needs(DEPTH);
  static final Figure RELATIVE =
      Figure.lower("relative-error").needs("a depth above 0, and finite answers");
  static final Figure RMSE = Figure.lower("rmse").needs(DEPTH).besides();
  static final Figure SQUARE = Figure.lower("mean-square-error").needs(DEPTH).besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "depth-scores",
              "depth",
              "mean absolute and relative error, root mean square error and its square",
              ABSOLUTE,
              RELATIVE,
              RMSE,
              SQUARE)
          .judging(
              MetricTask.DEPTH,
              task -> new DepthScores(task.choices().has(Quirk.ZERO_IS_MISSING) ? 0 : Double.NaN));

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  private DepthErrors errors() {
    return new DepthErrors(invalid);
  }

  @Override
  public int sums() {
    return errors().sums();
  }

  @Override
  public void add(Tally tally, Answers answers) {
    double[] predicted = new double[answers.allPixels()];
    double[] truth = new double[predicted.length];
    for (int pixel = 0; pixel < truth.length; pixel++) {
      predicted[pixel] = answers.output(pixel, 0);
      truth[pixel] = answers.truth(pixel, 0);
    }
    errors().add(tally.sums(), predicted, truth);
  }

  @Override
  public double[] values(Tally tally) {
    double[] sums = tally.sums();
    return new double[] {
      errors().absolute(sums),
      errors().relative(sums),
      errors().rootMeanSquare(sums),
      errors().meanSquare(sums)
    };
  }
}
