package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * DB-MTL: averages of the gradients of the logarithms of the losses, {@code y_k <- h_k + b (y_k -
 * h_k)} with {@code h_k = g_k / (L_k + 1e-8)}, all stretched to the length of the longest (Lin et
 * al., "Dual-balancing for multi-task learning", 2023). Heads follow the logarithms of their
 * losses.
 *
 * @param beta share of the old average, {@code b = beta / t^sigma} in step t = 1, 2, ...
 * @param sigma the share falls with this power of the step
 */
record DbMtl(double beta, double sigma) implements BufferMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofParameters("db-mtl", "DB-MTL", "Lin et al., 2023", MethodInput.AVERAGES)
          .option("beta", Option.fraction(), 0.9, "share of the old average, from 0 on and below 1")
          .option(
              "beta-sigma",
              Option.notNegative(),
              0.0,
              "the share falls with this power of the step")
          .remembersElements()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new DbMtl(options.number("beta"), options.number("beta-sigma")));

  private static final double EPSILON = 1e-8;

  @Override
  public Blend blend(GradientSystem gradients) {
    double kept = beta / Math.pow(gradients.step() + 1.0, sigma);
    return new Blend(
        Vector.filled(gradients.count(), kept), inverse(gradients.losses()).times(1 - kept));
  }

  @Override
  public TaskWeights weigh(GradientSystem averages) {
    double longest = averages.norms().max();
    return TaskWeights.of(
        averages.norms().map(norm -> longest / (norm + EPSILON)), inverse(averages.losses()));
  }

  private static Vector inverse(Vector losses) {
    return losses.map(loss -> 1 / (Math.max(loss, 0) + EPSILON));
  }
}
