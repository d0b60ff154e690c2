package org.sparkmto.control;

/**
 * A number {@code a = tanh(u)} of which u is normal with mean and deviation from two outputs of a
 * network (Haarnoja et al., "Soft actor-critic", 2018, appendix C). The logarithm of the deviation
 * is {@code -5 + 3.5 (1 + tanh(second output))}, between -5 and 2.
 *
 * @param mean first output
 * @param spread second output
 * @param noise the standard normal number of which the action is made
 */
record SquashedGaussian(double mean, double spread, double noise) {
  private static final double LEAST = -5;
  private static final double HALF = 3.5;

  private double logDeviation() {
    return LEAST + HALF * (1 + Math.tanh(spread));
  }

  private double before() {
    return mean + Math.exp(logDeviation()) * noise;
  }

  /** The action, in (-1, 1). */
  double action() {
    return Math.tanh(before());
  }

  /** The logarithm of the density at the action: equation 21 there. */
  double logDensity() {
    double u = before();
    // log(1 - tanh(u)^2) without the difference, which is 0 in floating point for large u.
    double squash = 2 * (Math.log(2) - u - softplus(-2 * u));
    return -noise * noise / 2 - logDeviation() - Math.log(2 * Math.PI) / 2 - squash;
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /**
   * The derivatives, by mean and spread, of {@code weight * logDensity + slope * action} where the
   * noise stays as it is.
   */
  double[] slopes(double weight, double slope) {
    double action = action();
    double byBefore = weight * 2 * action + slope * (1 - action * action);
    double tanh = Math.tanh(spread);
    double byLog = byBefore * Math.exp(logDeviation()) * noise - weight;
    return new double[] {byBefore, byLog * HALF * (1 - tanh * tanh)};
  }
}
