package org.sparkmto.method;

import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * The learned scale of a loss in IMTL, {@code h(s) = factor * base^s}, with the objective {@code
 * sum_k h(s_k) L_k - s_k} that brings every scaled loss to the same value (Liu et al., "Towards
 * Impartial Multi-Task Learning", ICLR 2021, eq. 6 and algorithm 1, where base is a and factor b).
 *
 * @param base above 1, because below it the objective has no minimum in {@code s}
 * @param factor above 0
 */
record LossScale(double base, double factor) {
  /** The name of the learned {@code s}. */
  static final String S = "s";

  LossScale {
    if (!(base > 1)) {
      throw new IllegalArgumentException(
          "option 'base' must be a number above 1 or e, not '" + base + "'");
    }
  }

  static MethodEntry.Builder options(MethodEntry.Builder entry) {
    return entry
        .option(
            "base",
            Option.parsed("e, or a number above 1", LossScale::base),
            "e",
            "of the power of the learned s")
        .option("factor", Option.positive(), 1.0, "of the scaled loss")
        .learns(LearningRule.SCHEDULE);
  }

  static LossScale of(Options options) {
    return new LossScale(options.value("base", Double.class), options.number("factor"));
  }

  private static Double base(String text) {
    double base = text.equals("e") ? Math.E : Double.parseDouble(text);
    if (!(base > 1) || Double.isInfinite(base)) {
      throw new IllegalArgumentException(text);
    }
    return base;
  }

  /** {@code s} before the first step: 0, where the scale is the factor. */
  static MethodState initialState(int tasks) {
    return MethodState.empty().withPerTask(S, Vector.zeros(tasks));
  }

  /** {@code h(s_k)}. */
  Vector at(Vector s) {
    double log = Math.log(base);
    return s.map(value -> factor * Math.exp(log * value));
  }

  /**
   * {@code d/ds_k = h'(s_k) L_k - 1}; 0 for a loss that is not positive, because there the
   * objective has no minimum in {@code s_k} and would drive it to infinity.
   *
   * @param scales {@code h(s_k)}
   */
  Vector gradient(Vector scales, Vector losses) {
    double log = Math.log(base);
    double[] gradient = new double[losses.size()];
    for (int k = 0; k < gradient.length; k++) {
      gradient[k] = losses.at(k) > 0 ? scales.at(k) * log * losses.at(k) - 1 : 0;
    }
    return Vector.of(gradient);
  }
}
