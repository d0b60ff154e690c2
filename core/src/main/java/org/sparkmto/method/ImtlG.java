package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * IMTL-G: the update {@code g = sum_k w_k g_k} has the same projection on every task's gradient,
 * {@code g . g_k / |g_k| = c} for all k, and {@code sum_k w_k = 1} (Liu et al., ICLR 2021, eq.
 * 1-3). In terms of cosines: {@code C a = 1}, {@code w ~ a / |g_k|}; the direction does not depend
 * on the scale of the losses. Weights may be negative.
 *
 * <p>It fails, rather than to guess, where no direction has equal positive projections (gradients
 * that are linearly dependent, exactly opposite ones among them), or where the weights of that
 * direction cannot be scaled to sum 1 without turning it round.
 *
 * @param rcond eigenvalues of C below this share of the largest count as zero
 */
record ImtlG(double rcond) implements GramMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "imtl-g",
              "IMTL-G",
              "Liu et al., ICLR 2021, eq. 1-3",
              Level.REPRESENTATION,
              Level.PARAMETERS)
          .option(
              "rcond",
              Option.positive(),
              1e-12,
              "eigenvalues of the cosines below this share count as zero")
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.SCALE_INVARIANT,
              MethodProperty.NON_CONFLICTING)
          .madeBy(options -> new ImtlG(options.number("rcond")));

  /** A sum of weights below this share of their magnitudes is lost to rounding. */
  private static final double CANCELLED = 1e-9;

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    return weigh(tasks.cosines(), tasks.norms(), rcond);
  }

  static TaskWeights weigh(SymmetricMatrix cosines, Vector norms, double rcond) {
    Vector ones = Vector.ones(norms.size());
    Vector direction = cosines.solve(ones, rcond); // C a = 1
    double residual = cosines.times(direction).minus(ones).map(Math::abs).max();
    // Taking two gradients at an angle of sqrt(rcond) for one costs a residual of that order.
    if (residual > 10 * Math.sqrt(rcond)) {
      return TaskWeights.failed("no direction has equal projections on all task gradients")
          .withResidual(residual);
    }
    Vector weights = direction.dividedBy(norms);
    if (weights.sum() <= CANCELLED * weights.map(Math::abs).sum()) {
      return TaskWeights.failed(
              "the weights of the direction with equal positive projections do not have a positive"
                  + " sum")
          .withResidual(residual);
    }
    return TaskWeights.shared(weights.scaledToSum(1)).withResidual(residual);
  }
}
