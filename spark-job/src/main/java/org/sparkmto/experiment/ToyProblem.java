package org.sparkmto.experiment;

/**
 * The two-task problem of two parameters on which CAGrad, Nash-MTL and Aligned-MTL show their
 * paths, with its published constants. Where {@code x2 > 0} each loss is a logarithm with a pit in
 * which the gradient reaches 1e5; where {@code x2 < 0} it is a paraboloid; {@code tanh} blends the
 * two. The task optima are (7, -8.355) and (-7, -8.355), every point between them is Pareto
 * optimal, and the mean of both losses is least at (0, -8.355110018): -15.0916384453.
 */
final class ToyProblem {
  /** A path counts as arrived when the mean of both losses is below this. */
  static final double TARGET = -15;

  /** Where on the {@code x2} axis the Pareto front lies, from {@code x1 = -7} to 7. */
  static final double FRONT = -8.355110018;

  private static final double FLOOR = 5e-6;

  private ToyProblem() {}

  /** Both losses and their gradients at a point. */
  record Step(double loss1, double loss2, ToyPoint gradient1, ToyPoint gradient2) {
    double mean() {
      return 0.5 * (loss1 + loss2);
    }
  }

  /** Losses and gradients; a clamped logarithm, or a clamped factor, has gradient 0. */
  static Step at(ToyPoint point) {
    double x1 = point.x1();
    double x2 = point.x2();
    double half = Math.tanh(x2 / 2);
    double slope = 0.5 * (1 - half * half);
    double c1 = Math.max(half, 0);
    double c1d = half >= 0 ? slope : 0;
    double c2 = Math.max(-half, 0);
    double c2d = half <= 0 ? -slope : 0;

    double tanh = Math.tanh(-x2);
    double tanhd = -(1 - tanh * tanh);
    double u1 = 0.5 * (-x1 - 7) - tanh;
    double u2 = 0.5 * (-x1 + 3) + tanh + 2;
    double f1 = Math.log(Math.max(Math.abs(u1), FLOOR)) + 6;
    double f2 = Math.log(Math.max(Math.abs(u2), FLOOR)) + 6;
    double r1 = Math.abs(u1) >= FLOOR ? 1 / u1 : 0;
    double r2 = Math.abs(u2) >= FLOOR ? 1 / u2 : 0;

    double down = -x2 - 8;
    double q1 = ((-x1 + 7) * (-x1 + 7) + 0.1 * down * down) / 10 - 20;
    double q2 = ((-x1 - 7) * (-x1 - 7) + 0.1 * down * down) / 10 - 20;
    double qd = -0.2 * down / 10;

    return new Step(
        f1 * c1 + q1 * c2,
        f2 * c1 + q2 * c2,
        new ToyPoint(
            -0.5 * r1 * c1 - 2 * (-x1 + 7) / 10 * c2,
            -tanhd * r1 * c1 + f1 * c1d + qd * c2 + q1 * c2d),
        new ToyPoint(
            -0.5 * r2 * c1 - 2 * (-x1 - 7) / 10 * c2,
            tanhd * r2 * c1 + f2 * c1d + qd * c2 + q2 * c2d));
  }

  /**
   * Where a weighted sum of both losses is least, which is where a method that is told these
   * weights should end (Aligned-MTL, Fig. 6): {@code x1} in closed form, as it moves the
   * paraboloids alone, and {@code x2} by sections.
   *
   * @param weight1 of the first loss, not negative
   * @param weight2 of the second, not negative; not both are 0
   */
  static ToyPoint best(double weight1, double weight2) {
    double x1 = 7 * (weight1 - weight2) / (weight1 + weight2);
    double low = -12;
    double high = -6;
    while (high - low > 1e-9) {
      double third = (high - low) / 3;
      if (weighted(new ToyPoint(x1, low + third), weight1, weight2)
          < weighted(new ToyPoint(x1, high - third), weight1, weight2)) {
        high -= third;
      } else {
        low += third;
      }
    }
    return new ToyPoint(x1, (low + high) / 2);
  }

  private static double weighted(ToyPoint point, double weight1, double weight2) {
    Step step = at(point);
    return weight1 * step.loss1() + weight2 * step.loss2();
  }

  /**
   * Descends the mean of both losses in single precision, as the publication did.
   *
   * @return updates until the mean loss is below {@link #TARGET}, or -1 if {@code most} do not do
   */
  static int meanDescentInSinglePrecision(ToyPoint start, float rate, int most) {
    float x1 = (float) start.x1();
    float x2 = (float) start.x2();
    for (int updates = 0; ; updates++) {
      float half = (float) Math.tanh(x2 / 2);
      float slope = 0.5f * (1 - half * half);
      float c1 = Math.max(half, 0);
      float c2 = Math.max(-half, 0);
      float c1d = half >= 0 ? slope : 0;
      float c2d = half <= 0 ? -slope : 0;
      float tanh = (float) Math.tanh(-x2);
      float tanhd = -(1 - tanh * tanh);
      float u1 = 0.5f * (-x1 - 7) - tanh;
      float u2 = 0.5f * (-x1 + 3) + tanh + 2;
      float floor = (float) FLOOR;
      float f1 = (float) Math.log(Math.max(Math.abs(u1), floor)) + 6;
      float f2 = (float) Math.log(Math.max(Math.abs(u2), floor)) + 6;
      float r1 = Math.abs(u1) >= floor ? 1 / u1 : 0;
      float r2 = Math.abs(u2) >= floor ? 1 / u2 : 0;
      float down = -x2 - 8;
      float q1 = ((-x1 + 7) * (-x1 + 7) + 0.1f * down * down) / 10 - 20;
      float q2 = ((-x1 - 7) * (-x1 - 7) + 0.1f * down * down) / 10 - 20;
      float qd = -0.2f * down / 10;
      if (f1 * c1 + q1 * c2 + (f2 * c1 + q2 * c2) < 2 * TARGET) {
        return updates;
      }
      if (updates == most) {
        return -1;
      }
      float d1 = -0.5f * r1 * c1 - 2 * (-x1 + 7) / 10 * c2;
      float d2 = -0.5f * r2 * c1 - 2 * (-x1 - 7) / 10 * c2;
      float e1 = -tanhd * r1 * c1 + f1 * c1d + qd * c2 + q1 * c2d;
      float e2 = tanhd * r2 * c1 + f2 * c1d + qd * c2 + q2 * c2d;
      x1 -= rate * (0.5f * (d1 + d2));
      x2 -= rate * (0.5f * (e1 + e2));
    }
  }
}
