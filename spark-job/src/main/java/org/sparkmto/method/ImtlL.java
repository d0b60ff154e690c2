package org.sparkmto.method;

import java.util.Set;

/**
 * IMTL-L: learns {@code s_k} with {@code sum_k exp(s_k) L_k - s_k}, which brings every scaled loss
 * to 1 (Liu et al., "Towards Impartial Multi-Task Learning", ICLR 2021, eq. 6). {@code s} starts at
 * 0 and is learned by the network's optimiser.
 */
record ImtlL() implements LossMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses("imtl-l", "IMTL-L", "Liu et al., ICLR 2021, eq. 6", Sight.LOSSES)
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new ImtlL());

  static final String S = "s";

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
    Vector scales = tasks.state().perTask(S).map(Math::exp);
    return TaskWeights.everywhere(scales).learning(S, gradient(scales, tasks.losses()));
  }

  /**
   * {@code d/ds_k = exp(s_k) L_k - 1}; 0 for a loss that is not positive, because there the
   * objective has no minimum in {@code s_k} and would drive it to infinity.
   */
  static Vector gradient(Vector scales, Vector losses) {
    double[] gradient = new double[losses.size()];
    for (int k = 0; k < gradient.length; k++) {
      gradient[k] = losses.at(k) > 0 ? scales.at(k) * losses.at(k) - 1 : 0;
    }
    return Vector.of(gradient);
  }
}
