package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * FairGrad: the gains of the tasks, {@code g . g_k}, are alpha-fair: {@code M w = w^(-1/alpha)},
 * {@code w > 0} (Ban and Ji, "Fair Resource Allocation in Multi-Task Learning", ICML 2024, eq. 6).
 * With alpha 1 it is {@link NashMtl} without clipping, with a large alpha the smallest gain counts.
 * Solved exactly, see {@link Bargain}.
 *
 * <p>Fails where the gradients are Pareto-stationary, for then there is no solution.
 *
 * @param alpha the fairness, above 0
 */
record FairGrad(double alpha) implements GramMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "fairgrad",
              "FairGrad",
              "Ban and Ji, ICML 2024",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(
              "alpha", Option.positive(), 1.0, "fairness, above 0; 1: proportional, large: max-min")
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.SCALE_INVARIANT,
              MethodProperty.NON_CONFLICTING,
              MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new FairGrad(options.number("alpha")));

  /** A bargain that misses its conditions by more, relatively, is not used. */
  private static final double INEXACT = 1e-8;

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public boolean weighsSingleTask() {
    return true;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    return answer(Bargain.of(tasks.cosines(), tasks.norms(), 1 / alpha));
  }

  static TaskWeights answer(Bargain bargain) {
    return bargain.exists() && bargain.residual() <= INEXACT
        ? TaskWeights.shared(bargain.weights()).withResidual(bargain.residual())
        : TaskWeights.failed(
                "the gradients are Pareto-stationary, or too near to it for their inner products"
                    + " in double precision: no weights make all tasks gain")
            .withResidual(bargain.residual());
  }
}
