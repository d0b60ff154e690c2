package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * MoDo: min-norm weights followed by projected gradient steps whose two factors come from
 * independent samples, so that they are unbiased (Chen et al., "Three-way trade-off in
 * multi-objective learning", NeurIPS 2023, algorithm 1): {@code w <- P(w - gamma (G_1 G_2' w + rho
 * w))}, update {@code G_3' w}.
 *
 * @param gamma rate of the weights
 * @param rho pull of the weights towards equal ones
 */
record MoDo(double gamma, double rho) implements SampledMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "modo", "MoDo", "Chen et al., NeurIPS 2023, algorithm 1", MethodInput.PARTS)
          .option("gamma", Option.positive(), 0.001, "rate of the weights")
          .option("rho", Option.notNegative(), 0.1, "pull of the weights towards equal ones")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new MoDo(options.number("gamma"), options.number("rho")));

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
    Vector weights = tasks.step().state().perTask(WEIGHTS);
    Vector slope = tasks.products(0, 1).times(weights).plus(weights.times(rho));
    Vector next = SimplexProjection.of(weights.minus(slope.times(gamma)));
    return TaskWeights.of(Vector.zeros(2 * count).followedBy(next), Vector.ones(count))
        .withState(MethodState.empty().withPerTask(WEIGHTS, next));
  }
}
