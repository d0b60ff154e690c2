package org.sparkmto.method;

import java.util.Set;

/**
 * UW: one noise parameter {@code s_k} per task is learned with the network (Kendall, Gal, Cipolla,
 * CVPR 2018). The objective is {@code sum_k c exp(-s_k) L_k + d s_k}, where the noise model says
 * what s, c and d are.
 *
 * @param form the noise model
 * @param init the first value of every {@code s_k}
 */
record UncertaintyWeighting(Form form, double init) implements LossMethod {

  /** Noise models. */
  enum Form {
    /** Squared errors: {@code L / (2 sigma^2) + log sigma}, {@code s = log sigma^2}. */
    GAUSSIAN(0.5, 0.5),
    /** Absolute errors: {@code L / b + log b}, {@code s = log b}. */
    LAPLACE(1, 1),
    /** Cross entropies: {@code L / sigma^2 + log sigma}, {@code s = log sigma^2}. */
    CLASSIFICATION(1, 0.5);

    private final double factor;
    private final double slope;

    Form(double factor, double slope) {
      this.factor = factor;
      this.slope = slope;
    }
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofLosses("uw", "Uncertainty weighting", "Kendall et al., CVPR 2018", Sight.LOSSES)
          .option("form", "gaussian", "noise model: gaussian, laplace or classification")
          .option("init", 0.0, "first value of the learned s (log of the noise scale)")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new UncertaintyWeighting(
                      options.choice("form", Form.class), options.number("init")));

  private static final String S = "s";

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty().withPerTask(S, Vector.filled(tasks, init));
  }

  @Override
  public Set<String> learned() {
    return Set.of(S);
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    Vector weights = tasks.state().perTask(S).map(s -> form.factor * Math.exp(-s));
    return TaskWeights.everywhere(weights)
        .learning(S, weights.times(tasks.losses()).map(weighted -> form.slope - weighted));
  }
}
