package org.sparkmto.method;

import org.sparkmto.optimizer.Adam;
import org.sparkmto.options.Option;

/**
 * FAMO: weights that make all losses fall at the same relative rate, learned from how they fell
 * (Liu, Feng, Stone, Liu, NeurIPS 2023, algorithm 1). With {@code z = softmax(w)} and {@code D_k =
 * L_k + 1e-8}, the weights are {@code (z_k / D_k) / sum_j (z_j / D_j)}, of sum 1. After the update
 * the losses of the same batch are taken again, {@code delta = log D - log D'}, and w follows
 * {@code z (delta - z . delta)} with Adam.
 *
 * @param rate Adam's rate for w
 * @param decay Adam's L2 penalty on w
 */
record Famo(double rate, double decay) implements SecondLook {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "famo", "FAMO", "Liu et al., NeurIPS 2023, algorithm 1", MethodInput.LOSSES_TWICE)
          .option("rate", Option.positive(), 0.025, "Adam's learning rate of the weights' logits")
          .option(
              "decay",
              Option.notNegative(),
              0.01,
              "L2 penalty of the logits; public codes also have 0.001 and 1e-5")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new Famo(options.number("rate"), options.number("decay")));

  private static final String LOGITS = "logits";
  private static final String FIRST = "first";
  private static final String SECOND = "second";
  private static final String UPDATES = "updates";
  private static final double SMALLEST_LOSS = 1e-8;

  @Override
  public MethodState initialState(int tasks) {
    Vector zeros = Vector.zeros(tasks);
    return MethodState.empty()
        .withPerTask(LOGITS, zeros)
        .withPerTask(FIRST, zeros)
        .withPerTask(SECOND, zeros)
        .withNumber(UPDATES, 0);
  }

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    return TaskWeights.everywhere(
        tasks.state().perTask(LOGITS).softmax().dividedBy(above0(tasks.losses())).scaledToSum(1));
  }

  @Override
  public MethodState lookAgain(StepView tasks, Vector losses) {
    MethodState state = tasks.state();
    Vector z = state.perTask(LOGITS).softmax();
    Vector delta = above0(tasks.losses()).map(Math::log).minus(above0(losses).map(Math::log));
    double mean = z.dot(delta);
    Vector gradient = z.times(delta.map(value -> value - mean));
    double[] logits = state.perTask(LOGITS).toArray();
    double[][] moments = {state.perTask(FIRST).toArray(), state.perTask(SECOND).toArray()};
    long update = Math.round(state.number(UPDATES)) + 1;
    new Adam(0.9, 0.999, 1e-8, decay).update(logits, gradient.toArray(), moments, update, rate);
    return MethodState.empty()
        .withPerTask(LOGITS, Vector.of(logits))
        .withPerTask(FIRST, Vector.of(moments[0]))
        .withPerTask(SECOND, Vector.of(moments[1]))
        .withNumber(UPDATES, (double) update);
  }

  private static Vector above0(Vector losses) {
    return losses.map(loss -> Math.max(loss, 0) + SMALLEST_LOSS);
  }
}
