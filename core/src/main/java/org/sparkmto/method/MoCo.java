package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * MoCo: the min-norm weights and the gradients they weigh are both followed by averages, which
 * takes the bias out of stochastic multi-gradients (Fernando et al., ICLR 2023, algorithm 1).
 * {@code y_k <- y_k - b (y_k - h_k)}, {@code w <- P(w - c (Y Y' + rho I) w)}, update {@code sum_k
 * w_k y_k}, with {@code b = beta / t^betaSigma}, {@code c = gamma / t^gammaSigma} in step t = 1, 2,
 * ...
 *
 * @param projection P
 * @param normalised whether {@code h_k = L_k g_k / (|g_k| + 1e-8)} instead of {@code g_k}
 */
record MoCo(
    double beta,
    double betaSigma,
    double gamma,
    double gammaSigma,
    double rho,
    Projection projection,
    boolean normalised)
    implements BufferMethod {

  /** How weights come back to the simplex. */
  enum Projection {
    /** The nearest point of the simplex, as in the paper. */
    SIMPLEX {
      @Override
      Vector of(Vector weights) {
        return SimplexProjection.of(weights);
      }
    },
    /** The softmax of the weights, as in LibMTL: they stay near 1 / K. */
    SOFTMAX {
      @Override
      Vector of(Vector weights) {
        return weights.softmax();
      }
    };

    abstract Vector of(Vector weights);
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "moco", "MoCo", "Fernando et al., ICLR 2023, algorithm 1", MethodInput.AVERAGES)
          .option(
              "beta",
              Option.positive(),
              0.5,
              "share of a step's gradient in the average, from 0 to 1")
          .option(
              "beta-sigma",
              Option.notNegative(),
              0.5,
              "the share falls with this power of the step")
          .option("gamma", Option.positive(), 0.1, "rate of the weights")
          .option(
              "gamma-sigma",
              Option.notNegative(),
              0.5,
              "the rate falls with this power of the step")
          .option("rho", Option.notNegative(), 0.0, "pull of the weights towards equal ones")
          .option(
              "projection",
              Option.choice(Projection.class),
              "simplex",
              "simplex, or LibMTL's softmax")
          .option(
              "normalised",
              Option.flag(),
              false,
              "LibMTL: averages take up gradients of length L_k")
          .remembers()
          .remembersElements()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new MoCo(
                      options.number("beta"),
                      options.number("beta-sigma"),
                      options.number("gamma"),
                      options.number("gamma-sigma"),
                      options.number("rho"),
                      options.choice("projection", Projection.class),
                      options.flag("normalised")));

  private static final String WEIGHTS = "weights";
  private static final double EPSILON = 1e-8;

  MoCo {
    if (beta > 1) {
      throw new IllegalArgumentException("option 'beta' must be at most 1, not " + beta);
    }
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
  public Blend blend(GradientSystem gradients) {
    int count = gradients.count();
    double share = beta / Math.pow(gradients.step() + 1.0, betaSigma);
    Vector scale =
        normalised
            ? gradients.losses().dividedBy(gradients.norms().map(norm -> norm + EPSILON))
            : Vector.ones(count);
    return new Blend(Vector.filled(count, 1 - share), scale.times(share));
  }

  @Override
  public TaskWeights weigh(GradientSystem averages) {
    double rate = gamma / Math.pow(averages.step() + 1.0, gammaSigma);
    Vector weights = averages.state().perTask(WEIGHTS);
    Vector slope = averages.gram().times(weights).plus(weights.times(rho));
    Vector next = projection.of(weights.minus(slope.times(rate)));
    return TaskWeights.shared(next).withState(MethodState.empty().withPerTask(WEIGHTS, next));
  }
}
