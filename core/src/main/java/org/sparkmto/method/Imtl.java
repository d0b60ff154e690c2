package org.sparkmto.method;

import java.util.Set;
import org.sparkmto.options.Option;

/**
 * IMTL, the hybrid: losses are scaled by the learned {@code exp(s_k)} of {@link ImtlL}, the shared
 * part follows {@link ImtlG} of the scaled losses, every head its own scaled loss (Liu et al., ICLR
 * 2021, algorithm 1). Where IMTL-G fails, the shared part follows the mean of the scaled losses.
 *
 * @param scale what is learned
 * @param rcond see {@link ImtlG}
 */
record Imtl(LossScale scale, double rcond) implements GramMethod {
  static final MethodEntry ENTRY =
      LossScale.options(
              MethodEntry.ofGram(
                  "imtl",
                  "IMTL",
                  "Liu et al., ICLR 2021, algorithm 1",
                  Level.REPRESENTATION,
                  Level.PARAMETERS))
          .option(
              "rcond",
              Option.positive(),
              1e-12,
              "eigenvalues of the cosines below this share count as zero")
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.SCALE_INVARIANT,
              MethodProperty.NON_CONFLICTING)
          .madeBy(options -> new Imtl(LossScale.of(options), options.number("rcond")));

  @Override
  public MethodState initialState(int tasks) {
    return LossScale.initialState(tasks);
  }

  @Override
  public Set<String> learned() {
    return Set.of(LossScale.S);
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
    Vector scales = scale.at(tasks.state().perTask(LossScale.S));
    return ImtlG.weigh(tasks.cosines(), tasks.norms().times(scales), rcond)
        .ofLossesTimes(scales)
        .withHeads(scales)
        .learning(LossScale.S, scale.gradient(scales, tasks.losses()));
  }
}
