package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * MGDA without {@code w >= 0}: the shortest vector {@code sum_k w_k g_k} with {@code sum_k w_k = 1}
 * (Liu et al., "Towards Impartial Multi-Task Learning", ICLR 2021, eq. 7). It has the same product
 * with every task gradient, its squared length. Weights may be negative.
 *
 * <p>With {@code b_k = min |g| / |g_k|} and {@code y_k ~ w_k |g_k|} the problem is {@code min y'Cy}
 * under {@code b'y = 1}, whose solution is up to scale that of {@code (C + b b') y = b}; this holds
 * also where the gradients are linearly dependent, whether or not they combine to 0. Of several
 * solutions the shortest y is taken.
 *
 * @param rcond eigenvalues of {@code C + b b'} below this share of the largest count as zero
 */
record MgdaUnconstrained(double rcond) implements GramMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "mgda-unconstrained",
              "MGDA without constraint",
              "Liu et al., ICLR 2021, eq. 7",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(
              "rcond",
              Option.positive(),
              1e-12,
              "eigenvalues of the cosines below this share count as zero")
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_CONFLICTING)
          .madeBy(options -> new MgdaUnconstrained(options.number("rcond")));

  /** A solution that misses its optimality conditions by more is not used. */
  private static final double INEXACT = 1e-8;

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    double shortest = tasks.norms().min();
    Vector b = tasks.norms().map(norm -> shortest / norm);
    Vector y = tasks.cosines().plusOuter(b).solve(b, rcond);
    y = y.dividedBy(y.dot(b));
    Vector products = tasks.cosines().times(y); // g . g_k / |g_k|
    double residual =
        products.minus(b.times(y.dot(products))).map(Math::abs).max()
            / Math.max(1, y.map(Math::abs).max());
    return residual <= INEXACT
        ? TaskWeights.shared(y.times(b).scaledToSum(1)).withResidual(residual)
        : TaskWeights.failed("the shortest affine combination of the gradients was not found")
            .withResidual(residual);
  }
}
