package org.sparkmto.method;

import java.util.Set;
import org.sparkmto.options.Option;

/**
 * IMTL, the hybrid: losses are scaled by the learned {@code exp(s_k)} of {@link ImtlL}, the shared
 * part follows {@link ImtlG} of the scaled losses, every head its own scaled loss (Liu et al., ICLR
 * 2021, algorithm 1).
 *
 * @param rcond see {@link ImtlG}
 */
record Imtl(double rcond) implements GramMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "imtl",
              "IMTL",
              "Liu et al., ICLR 2021, algorithm 1",
              Level.REPRESENTATION,
              Level.PARAMETERS)
          .option(
              "rcond",
              Option.positive(),
              1e-12,
              "eigenvalues of the cosines below this share count as zero")
          .remembers()
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.SCALE_INVARIANT,
              MethodProperty.NON_CONFLICTING)
          .madeBy(options -> new Imtl(options.number("rcond")));

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty().withPerTask(ImtlL.S, Vector.zeros(tasks));
  }

  @Override
  public Set<String> learned() {
    return Set.of(ImtlL.S);
  }

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
    Vector scales = tasks.state().perTask(ImtlL.S).map(Math::exp);
    return ImtlG.weigh(tasks.cosines(), tasks.norms().times(scales), rcond)
        .withSharedTimes(scales)
        .withHeads(scales)
        .learning(ImtlL.S, ImtlL.gradient(scales, tasks.losses()));
  }
}
