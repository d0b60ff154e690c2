package org.sparkmto.method;

import java.util.Set;
import java.util.stream.IntStream;
import org.sparkmto.options.Option;

/**
 * GradNorm: weights are learned such that the weighted gradients come near a common length, longer
 * for tasks that train slowly: {@code min_w sum_k | w_k |g_k| - mean_j(w_j |g_j|) r_k^gamma |}, the
 * second term held constant, with {@code r_k = (L_k / L_k(0)) / mean_j(L_j / L_j(0))} (Chen et al.,
 * ICML 2018, eq. 1-2). The weights multiply the losses of heads, too.
 *
 * @param gamma how much slow tasks gain; 0 asks for equal lengths
 * @param form how the weights come from what is learned
 * @param baseline what {@code L_k(0)} is
 */
record GradNorm(double gamma, Form form, Baseline baseline) implements GramMethod {

  /** Parametrisations of the weights. */
  enum Form {
    /** {@code K w_k / sum_j w_j} of learned w, which start at 1 and count as at least 1e-3. */
    PAPER,
    /** {@code K softmax(w)_k} of learned w. */
    SOFTMAX,
    /** {@code K (1 / |g_k|) / sum_j (1 / |g_j|)}: where learning with gamma 0 comes to rest. */
    ANALYTIC
  }

  /** First losses. */
  enum Baseline {
    /** The loss in the first step in which the task is active. */
    FIRST,
    /** The average over epoch 0, during which all weights are 1. */
    EPOCH
  }

  GradNorm {
    if (form == Form.ANALYTIC && gamma != 0) {
      throw new IllegalArgumentException(
          "form 'analytic' is the solution for gamma 0 only, but option 'gamma' is " + gamma);
    }
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "gradnorm",
              "GradNorm",
              "Chen et al., ICML 2018, eq. 1-2",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(
              "gamma",
              Option.notNegative(),
              1.5,
              "how much tasks that train slowly gain; 0: equal lengths")
          .option(
              "form",
              Option.choice(Form.class),
              "paper",
              "weights: paper (learned, of sum K), softmax (K softmax of learned numbers) or"
                  + " analytic (1 / norm; needs gamma 0)")
          .option(
              "baseline",
              Option.choice(Baseline.class),
              "first",
              "first losses: first (of the first step) or epoch (average over epoch 0, in which"
                  + " all weights are 1)")
          .learns(LearningRule.USUAL)
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new GradNorm(
                      options.number("gamma"),
                      options.choice("form", Form.class),
                      options.choice("baseline", Baseline.class)));

  private static final String W = "w";
  private static final String INITIAL = "initial";
  private static final String SEEN = "seen";

  /** The optimiser may make a weight 0 or negative. */
  private static final double SMALLEST = 1e-3;

  @Override
  public MethodState initialState(int tasks) {
    return form == Form.ANALYTIC
        ? MethodState.empty()
        : MethodState.empty()
            .withPerTask(W, Vector.ones(tasks))
            .withPerTask(INITIAL, Vector.zeros(tasks))
            .withPerTask(SEEN, Vector.zeros(tasks));
  }

  @Override
  public Set<String> learned() {
    return form == Form.ANALYTIC ? Set.of() : Set.of(W);
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    if (form == Form.ANALYTIC) {
      return TaskWeights.everywhere(tasks.norms().map(norm -> 1 / norm).scaledToSum(tasks.count()));
    }
    MethodState next = withBaseline(tasks);
    if (baseline == Baseline.EPOCH && tasks.epoch() == 0) {
      return TaskWeights.everywhere(Vector.ones(tasks.count())).withState(next);
    }
    Vector weights = weights(tasks.state().perTask(W));
    Vector lengths = weights.times(tasks.norms());
    Vector targets =
        rates(tasks.losses(), next.perTask(INITIAL))
            .map(rate -> Math.pow(rate, gamma) * lengths.mean());
    Vector slopes = lengths.minus(targets).map(Math::signum).times(tasks.norms());
    return TaskWeights.everywhere(weights).withState(next).learning(W, gradient(slopes, weights));
  }

  private Vector weights(Vector w) {
    return form == Form.SOFTMAX
        ? w.softmax().times(w.size())
        : w.map(value -> Math.max(value, SMALLEST)).scaledToSum(w.size());
  }

  /** By w, from the slopes by the weights. The paper's w are the weights. */
  private Vector gradient(Vector slopes, Vector weights) {
    double mean = slopes.dot(weights) / weights.size();
    return form == Form.SOFTMAX ? slopes.map(slope -> slope - mean).times(weights) : slopes;
  }

  /** The state with the losses of this step in the first losses, as long as these count. */
  private MethodState withBaseline(GradientSystem tasks) {
    double[] initial = tasks.state().perTask(INITIAL).toArray();
    double[] seen = tasks.state().perTask(SEEN).toArray();
    boolean averaging = baseline == Baseline.EPOCH && tasks.epoch() == 0;
    for (int k = 0; k < initial.length; k++) {
      if (seen[k] == 0 || averaging) {
        seen[k]++;
        initial[k] += (tasks.losses().at(k) - initial[k]) / seen[k];
      }
    }
    return tasks
        .state()
        .withPerTask(INITIAL, Vector.of(initial))
        .withPerTask(SEEN, Vector.of(seen));
  }

  /** {@code r_k}; a task whose first loss is not positive trains at the average rate. */
  private static Vector rates(Vector losses, Vector initial) {
    int[] known = IntStream.range(0, losses.size()).filter(k -> initial.at(k) > 0).toArray();
    Vector ratios =
        losses.select(known).dividedBy(initial.select(known)).map(ratio -> Math.max(0, ratio));
    Vector rates = Vector.ones(losses.size());
    return ratios.sum() > 0 ? rates.replaced(known, ratios.dividedBy(ratios.mean())) : rates;
  }
}
