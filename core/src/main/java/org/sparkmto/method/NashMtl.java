package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * Nash-MTL: the update is the bargain in which no task can gain a share without another losing a
 * larger one, {@code M w = 1 / w}, {@code w > 0} (Navon et al., "Multi-Task Learning as a
 * Bargaining Game", ICML 2022, claim 3.2). Solved exactly, see {@link Bargain}; the authors' code
 * approximates it by a sequence of convex problems. The update has length {@code sqrt(K)} whatever
 * the scale of the losses, and is then clipped. Heads follow their own losses with weight 1; the
 * authors' code weighs them like the shared part, which {@code heads = shared} does.
 *
 * <p>Fails where the gradients are Pareto-stationary, for there is no bargain.
 *
 * @param maxNorm the length to which the update is clipped; 0 for none
 */
record NashMtl(double maxNorm) implements GramMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "nash-mtl",
              "Nash-MTL",
              "Navon et al., ICML 2022",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(
              "max-norm",
              Option.notNegative(),
              1.0,
              "length to which the update is clipped; 0: not at all")
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.SCALE_INVARIANT,
              MethodProperty.NON_CONFLICTING,
              MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new NashMtl(options.number("max-norm")));

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
    double length = Math.sqrt(tasks.count());
    double clip = maxNorm > 0 ? Math.min(1, maxNorm / length) : 1;
    return FairGrad.answer(Bargain.of(tasks.cosines(), tasks.norms(), 1))
        .withSharedTimes(Vector.filled(tasks.count(), clip));
  }
}
