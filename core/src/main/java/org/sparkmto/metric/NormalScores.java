package org.sparkmto.metric;

import java.util.Arrays;
import java.util.List;

/**
 * Mean and median angle in degrees between predicted and true normals, the shares of angles
 * strictly below 11.25, 22.5 and 30 degrees, in [0, 1], and the mean cosine, in [-1, 1], over all
 * pixels of the split that have a normal. NaN if none has. A prediction of length 0 or NaN counts
 * as 180 degrees.
 *
 * <p>The median comes from a histogram with bins of a hundredth of a degree, so it is at most 0.005
 * degrees off and the same however the split was shared.
 *
 * @param valid which true normals count
 */
public record NormalScores(NormalAngles.Valid valid) implements Metric {
  static final Figure MEAN = Figure.lower("mean-angle");
  static final Figure MEDIAN = Figure.lower("median-angle");
  static final Figure WITHIN_SMALL = Figure.higher("within-11.25");
  static final Figure WITHIN_MIDDLE = Figure.higher("within-22.5");
  static final Figure WITHIN_LARGE = Figure.higher("within-30");
  static final Figure MEAN_COSINE = Figure.higher("mean-cosine").besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "normal-scores",
              "normals",
              "mean and median angle in degrees, shares of angles below 11.25, 22.5 and 30 degrees,"
                  + " mean cosine",
              MEAN,
              MEDIAN,
              WITHIN_SMALL,
              WITHIN_MIDDLE,
              WITHIN_LARGE,
              MEAN_COSINE)
          .judging(
              MetricTask.NORMALS,
              task ->
                  new NormalScores(
                      task.choices().has(Quirk.NORMALS_BY_SUM)
                          ? NormalAngles.Valid.SUM
                          : NormalAngles.Valid.LENGTH));

  private static final int PER_DEGREE = 100;
  private static final int BINS = 180 * PER_DEGREE;

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  private NormalAngles measure() {
    return new NormalAngles(valid);
  }

  /** Those of the angles, then how many angles fall into each bin. */
  @Override
  public int sums() {
    return measure().sums() + BINS;
  }

  @Override
  public void add(Tally tally, Answers answers) {
    double[] predicted = new double[3 * answers.allPixels()];
    double[] truth = new double[predicted.length];
    for (int pixel = 0; pixel < answers.allPixels(); pixel++) {
      for (int axis = 0; axis < 3; axis++) {
        float value = answers.truth(pixel, axis);
        truth[3 * pixel + axis] = Float.isNaN(value) ? 0 : value;
        predicted[3 * pixel + axis] = answers.output(pixel, axis);
      }
    }
    NormalAngles measure = measure();
    double[] angles = measure.angles(predicted, truth);
    double[] sums = new double[measure.sums()];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = Double.isNaN(angles[i]) ? 180 : angles[i];
      int bin = Math.min(BINS - 1, (int) (angles[i] * PER_DEGREE));
      tally.sums()[measure.sums() + bin]++;
    }
    measure.add(sums, angles);
    for (int i = 0; i < sums.length; i++) {
      tally.sums()[i] += sums[i];
    }
  }

  @Override
  public double[] values(Tally tally) {
    NormalAngles measure = measure();
    double[] sums = Arrays.copyOf(tally.sums(), measure.sums());
    return new double[] {
      measure.mean(sums),
      median(Arrays.copyOfRange(tally.sums(), sums.length, sums.length + BINS), sums[0]),
      measure.within(sums, NormalAngles.SMALL),
      measure.within(sums, NormalAngles.MIDDLE),
      measure.within(sums, NormalAngles.LARGE),
      1 - measure.cosineLoss(sums)
    };
  }

  private static double median(double[] bins, double pixels) {
    double seen = 0;
    double lower = Double.NaN;
    for (int bin = 0; bin < BINS; bin++) {
      seen += bins[bin];
      double middle = (bin + 0.5) / PER_DEGREE;
      if (Double.isNaN(lower) && 2 * seen >= pixels && pixels > 0) {
        lower = middle;
      }
      if (2 * seen > pixels) {
        return (lower + middle) / 2;
      }
    }
    return lower;
  }
}
