package org.sparkmto.metric;

import java.util.List;

/**
 * Mean absolute error in the unit of the target, mean relative error (a ratio, no percentage), and
 * root mean square error over all pixels of the split that have a depth or disparity. NaN if none
 * has, and once a network has said NaN.
 */
public record DepthScores() implements Metric {
  static final Figure ABSOLUTE = Figure.lower("absolute-error");
  static final Figure RELATIVE = Figure.lower("relative-error");
  static final Figure RMSE = Figure.lower("rmse");

  private static final DepthErrors ERRORS = new DepthErrors(Double.NaN);

  @Override
  public List<Figure> figures() {
    return List.of(ABSOLUTE, RELATIVE, RMSE);
  }

  @Override
  public int sums() {
    return ERRORS.sums();
  }

  @Override
  public void add(Tally tally, Answers answers) {
    double[] predicted = new double[answers.allPixels()];
    double[] truth = new double[predicted.length];
    for (int pixel = 0; pixel < truth.length; pixel++) {
      predicted[pixel] = answers.output(pixel, 0);
      truth[pixel] = answers.truth(pixel, 0);
    }
    ERRORS.add(tally.sums(), predicted, truth);
  }

  @Override
  public double[] values(Tally tally) {
    double[] sums = tally.sums();
    return new double[] {ERRORS.absolute(sums), ERRORS.relative(sums), ERRORS.rootMeanSquare(sums)};
  }
}
