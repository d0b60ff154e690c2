package org.sparkmto.method;

import java.util.Optional;
import org.sparkmto.random.Draws;

/**
 * A preference that is drawn anew for every step, of a Dirichlet distribution: what share of the
 * step's wish is for which task. A function of the run's seed and the step's number alone, so that
 * every rank and the driver draw the same, and a resumed run what it would have drawn.
 *
 * <p>A share is a gamma variate divided by the sum of all. Gamma variates are those of Marsaglia
 * and Tsang ("A simple method for generating gamma variables", ACM TOMS 2000), for parameters below
 * one by the power of a uniform number that section 6 there adds; their logarithms are kept, so
 * that small parameters do not underflow.
 *
 * @param concentration the parameters, one per task or one for all: 1 draws all preferences alike,
 *     more draws them nearer to the middle, less nearer to single tasks
 * @param asked what the trained network is asked for where nobody says: one number per task, of any
 *     sum; if absent, the same of each
 */
public record DrawnPreference(Vector concentration, Optional<Vector> asked) {
  /** Keeps logarithms of uniform numbers finite. */
  private static final double SMALLEST = 0x1.0p-54;

  /**
   * @throws IllegalArgumentException if a parameter is not above zero, or a preference is negative
   *     or has nothing above zero
   */
  public DrawnPreference {
    if (!(concentration.min() > 0) || !concentration.isFinite()) {
      throw new IllegalArgumentException(
          "a Dirichlet distribution has parameters above zero, not " + concentration);
    }
    if (asked.filter(all -> !(all.min() >= 0 && all.sum() > 0 && all.isFinite())).isPresent()) {
      throw new IllegalArgumentException(
          "a preference has no negative number, and one above zero, unlike " + asked.get());
    }
  }

  /**
   * What the trained network is asked for where nobody says.
   *
   * @return one share per task, of sum 1
   */
  public Vector usual(int tasks) {
    return asked.orElse(Vector.ones(tasks)).scaledToSum(1);
  }

  /**
   * The preference of a step.
   *
   * @param ofStep the method's random numbers of the step, {@link Weigher#draws}
   * @return one share per task, none negative, of sum 1
   */
  Vector at(Draws ofStep, int tasks) {
    Draws own = ofStep.of("preference");
    double[] logs = new double[tasks];
    for (int task = 0; task < tasks; task++) {
      int parameter = concentration.size() == 1 ? 0 : task;
      logs[task] = logGamma(concentration.at(parameter), own.at(task));
    }
    return Vector.of(logs).softmax();
  }

  /** The logarithm of a gamma variate of scale 1. */
  private static double logGamma(double shape, Draws draws) {
    double raised = shape < 1 ? shape + 1 : shape;
    double d = raised - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    for (int attempt = 0; ; attempt++) {
      Draws own = draws.at(attempt);
      double normal = own.normal(0);
      double root = 1 + c * normal;
      double v = root * root * root;
      if (root > 0
          && Math.log(own.uniform(2) + SMALLEST)
              < 0.5 * normal * normal + d - d * v + d * Math.log(v)) {
        double power = shape < 1 ? Math.log(own.uniform(3) + SMALLEST) / shape : 0;
        return Math.log(d) + Math.log(v) + power;
      }
    }
  }
}
