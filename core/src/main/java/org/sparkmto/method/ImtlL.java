package org.sparkmto.method;

import java.util.Set;

/**
 * IMTL-L: learns {@code s_k} with {@code sum_k exp(s_k) L_k - s_k}, which brings every scaled loss
 * to 1 (Liu et al., "Towards Impartial Multi-Task Learning", ICLR 2021, eq. 6). {@code s} starts at
 * 0 and moves at the network's rate, as in algorithm 1, whose base and factor say how much that
 * changes the scale.
 *
 * @param scale what is learned
 */
record ImtlL(LossScale scale) implements LossMethod {
  static final MethodEntry ENTRY =
      LossScale.options(
              MethodEntry.ofLosses(
                  "imtl-l", "IMTL-L", "Liu et al., ICLR 2021, eq. 6", MethodInput.LOSSES))
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new ImtlL(LossScale.of(options)));

  @Override
  public MethodState initialState(int tasks) {
    return LossScale.initialState(tasks);
  }

  @Override
  public Set<String> learned() {
    return Set.of(LossScale.S);
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    Vector scales = scale.at(tasks.state().perTask(LossScale.S));
    return TaskWeights.everywhere(scales)
        .learning(LossScale.S, scale.gradient(scales, tasks.losses()));
  }
}
