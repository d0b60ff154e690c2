package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * SDMGrad: the direction that serves all tasks while it stays near their mean, from three
 * independent samples (Xiao, Ban, Ji, NeurIPS 2023, algorithm 1). Weights follow {@code Q w +
 * lambda Q 1 / K} with {@code Q = G_2 G_3'}, scaled by the squared mean root of its diagonal, and
 * are projected on the simplex after every iteration; the update is {@code (G_1' w + lambda mean) /
 * (1 + lambda)}.
 *
 * <p>The descent of the weights is stable while rate times the largest eigenvalue of the scaled Q
 * is below {@code 2 (1 + momentum)}; that eigenvalue is 1 for orthogonal and K for parallel
 * gradients.
 *
 * @param lambda weight of the mean of the gradients
 * @param iterations of gradient descent on the weights per step
 * @param rate of that descent
 * @param momentum of that descent, fresh in every step
 */
record SdmGrad(double lambda, int iterations, double rate, double momentum)
    implements SampledMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "sdmgrad", "SDMGrad", "Xiao et al., NeurIPS 2023, algorithm 1", MethodInput.PARTS)
          .option("lambda", Option.notNegative(), 0.3, "weight of the mean of the gradients")
          .option("iterations", Option.count(1), 20, "iterations on the weights per step")
          .option(
              "rate",
              Option.positive(),
              0.5,
              "learning rate of the weights; LibMTL has 5, at which they need not settle and"
                  + " amplify rounding")
          .option("momentum", Option.fraction(), 0.5, "momentum of the weights")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new SdmGrad(
                      options.number("lambda"),
                      options.count("iterations"),
                      options.number("rate"),
                      options.number("momentum")));

  private static final String WEIGHTS = "weights";

  @Override
  public int parts() {
    return 3;
  }

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty().withPerTask(WEIGHTS, Vector.filled(tasks, 1.0 / tasks));
  }

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public TaskWeights weigh(PartSystem tasks) {
    int count = tasks.count();
    Matrix products = tasks.products(1, 2);
    double root = 0;
    for (int k = 0; k < count; k++) {
      root += Math.sqrt(Math.max(0, products.at(k, k))) / count;
    }
    double unit = root * root + 1e-8;
    Vector mean = products.times(Vector.filled(count, 1.0 / count)).dividedBy(unit);
    Vector weights = SimplexProjection.of(tasks.step().state().perTask(WEIGHTS));
    Vector velocity = Vector.zeros(count);
    for (int i = 0; i < iterations; i++) {
      Vector slope = products.times(weights).dividedBy(unit).plus(mean.times(lambda));
      velocity = velocity.times(momentum).plus(slope);
      weights = SimplexProjection.of(weights.minus(velocity.times(rate)));
    }
    Vector shared = weights.map(w -> (w + lambda / count) / (1 + lambda));
    return TaskWeights.of(shared.followedBy(Vector.zeros(2 * count)), Vector.ones(count))
        .withState(MethodState.empty().withPerTask(WEIGHTS, weights));
  }
}
