package org.sparkmto.method;

import java.util.Set;
import org.sparkmto.options.Option;

/**
 * IMTL-L: learns {@code s_k} with {@code sum_k exp(s_k) L_k - s_k}, which brings every scaled loss
 * to 1 (Liu et al., "Towards Impartial Multi-Task Learning", ICLR 2021, eq. 6). {@code s} starts at
 * 0 and is learned by the network's optimiser. In the general form of algorithm 1 the objective is
 * {@code sum_k factor * base^s_k * L_k - s_k}.
 *
 * @param base above 1, because below it the objective has no minimum in {@code s}
 * @param factor above 0
 */
record ImtlL(double base, double factor) implements LossMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses("imtl-l", "IMTL-L", "Liu et al., ICLR 2021, eq. 6", Sight.LOSSES)
          .option(
              "base",
              Option.parsed("e, or a number above 1", ImtlL::base),
              "e",
              "of the power of the learned s: e, or a number above 1")
          .option("factor", Option.positive(), 1.0, "of the scaled loss")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options -> new ImtlL(options.value("base", Double.class), options.number("factor")));

  static final String S = "s";

  ImtlL {
    if (!(base > 1)) {
      throw new IllegalArgumentException(
          "option 'base' must be a number above 1 or e, not '" + base + "'");
    }
  }

  private static Double base(String text) {
    double base = text.equals("e") ? Math.E : Double.parseDouble(text);
    if (!(base > 1) || Double.isInfinite(base)) {
      throw new IllegalArgumentException(text);
    }
    return base;
  }

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty().withPerTask(S, Vector.zeros(tasks));
  }

  @Override
  public Set<String> learned() {
    return Set.of(S);
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    double log = Math.log(base);
    Vector scales = tasks.state().perTask(S).map(s -> factor * Math.exp(log * s));
    return TaskWeights.everywhere(scales).learning(S, gradient(scales.times(log), tasks.losses()));
  }

  /**
   * {@code d/ds_k = slope_k L_k - 1}, where {@code slope_k} is the derivative of the scale; 0 for a
   * loss that is not positive, because there the objective has no minimum in {@code s_k} and would
   * drive it to infinity.
   */
  static Vector gradient(Vector slopes, Vector losses) {
    double[] gradient = new double[losses.size()];
    for (int k = 0; k < gradient.length; k++) {
      gradient[k] = losses.at(k) > 0 ? slopes.at(k) * losses.at(k) - 1 : 0;
    }
    return Vector.of(gradient);
  }
}
