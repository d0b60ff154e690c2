package org.sparkmto.method;

import java.util.List;
import java.util.OptionalInt;
import org.sparkmto.options.Option;

/**
 * OL-AUX: the weight of an auxiliary task moves along the similarity of its gradient to the primary
 * task's, summed over a few steps: {@code w_k += beta sum_t g_k . g_p} every N steps (Lin et al.,
 * "Adaptive Auxiliary Task Weighting for Reinforcement Learning", NeurIPS 2019, algorithm 1). The
 * primary task has weight 1; other weights may become negative. Within one step, unlike the paper,
 * which multiplies gradients of consecutive steps.
 *
 * <p>Only steps in which the primary task is active count. What an auxiliary task that misses the
 * N-th of them has gathered moves its weight at the next update it takes part in.
 *
 * @param primary the task that is served
 * @param beta the step of the weights
 * @param every N, the steps between two updates
 * @param init the first weight of the auxiliary tasks
 * @param form the similarity
 */
record OlAux(PrimaryTask primary, double beta, int every, double init, Form form)
    implements GramMethod {

  /** Similarities of two gradients. */
  enum Form {
    /** Their cosine. */
    COSINE,
    /** Their inner product, as in the paper. */
    DOT
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "ol-aux",
              "OL-AUX",
              "Lin et al., NeurIPS 2019, algorithm 1",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(PrimaryTask.OPTION, Option.text(), 0, PrimaryTask.MEANING)
          .option(
              "beta",
              Option.notNegative(),
              0.1,
              "step of the weights along the summed similarities")
          .option("every", Option.count(1), 5, "steps between two updates of the weights")
          .option("init", Option.number(), 1.0, "first weight of the auxiliary tasks")
          .option(
              "form", Option.choice(Form.class), "cosine", "similarity of gradients: cosine or dot")
          .remembers()
          .madeBy(
              options ->
                  new OlAux(
                      PrimaryTask.of(options),
                      options.number("beta"),
                      options.count("every"),
                      options.number("init"),
                      options.choice("form", Form.class)));

  private static final String WEIGHT = "weight";
  private static final String SIMILARITY = "similarity";
  private static final String STEPS = "steps";

  @Override
  public void requireTasks(List<String> names) {
    primary.number(names);
  }

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty()
        .withPerTask(WEIGHT, Vector.filled(tasks, init))
        .withPerTask(SIMILARITY, Vector.zeros(tasks))
        .withNumber(STEPS, 0);
  }

  @Override
  public boolean weighsSingleTask() {
    return true;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    Vector weights = tasks.state().perTask(WEIGHT);
    OptionalInt served = primary.in(tasks);
    if (served.isEmpty()) {
      return TaskWeights.shared(weights);
    }
    SymmetricMatrix products = form == Form.COSINE ? tasks.cosines() : tasks.gram();
    Vector similarity =
        tasks.state().perTask(SIMILARITY).plus(Vector.of(products.row(served.getAsInt())));
    double steps = tasks.state().number(STEPS) + 1;
    if (steps >= every) {
      weights = weights.plus(similarity.times(beta));
      similarity = Vector.zeros(tasks.count());
      steps = 0;
    }
    return TaskWeights.shared(weights.replaced(new int[] {served.getAsInt()}, Vector.ones(1)))
        .withState(
            MethodState.empty()
                .withPerTask(WEIGHT, weights)
                .withPerTask(SIMILARITY, similarity)
                .withNumber(STEPS, steps));
  }
}
