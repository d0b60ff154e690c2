package org.sparkmto.method;

import java.util.List;
import org.sparkmto.optimizer.Adam;
import org.sparkmto.options.Option;

/**
 * Auto-lambda: weights that follow, with Adam, the derivative of the primary tasks' losses on
 * held-out samples after a trial step (Liu, James, Davison, Johns, TMLR 2022, eq. 4). The
 * derivative is exact, {@link BilevelMethod}; the paper's code takes finite differences. Weights
 * are not constrained.
 *
 * @param primary the tasks in the target: "all", or one task's name or number
 * @param init first value of the weights
 * @param rate Adam's rate for the weights
 */
record AutoLambda(String primary, double init, double rate) implements BilevelMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "auto-lambda", "Auto-lambda", "Liu et al., TMLR 2022, eq. 4", MethodInput.TRIAL)
          .option(
              "primary",
              Option.text(),
              "all",
              "the target: all tasks, or one by its name or number from 0")
          .option("init", Option.number(), 0.1, "first weight of every task")
          .option("rate", Option.positive(), 1e-4, "Adam's learning rate of the weights")
          .remembers()
          .madeBy(
              options ->
                  new AutoLambda(
                      options.text("primary"), options.number("init"), options.number("rate")));

  private static final String ALL = "all";
  private static final String WEIGHTS = "weights";
  private static final String FIRST = "first";
  private static final String SECOND = "second";
  private static final String UPDATES = "updates";

  @Override
  public void requireTasks(List<String> names) {
    targets(names);
  }

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty()
        .withPerTask(WEIGHTS, Vector.filled(tasks, init))
        .withPerTask(FIRST, Vector.zeros(tasks))
        .withPerTask(SECOND, Vector.zeros(tasks))
        .withNumber(UPDATES, 0);
  }

  @Override
  public TaskWeights lookAhead(StepView tasks) {
    return TaskWeights.everywhere(tasks.state().perTask(WEIGHTS));
  }

  @Override
  public List<Vector> targets(List<String> names) {
    if (primary.equals(ALL) && !names.contains(ALL)) {
      return List.of(Vector.ones(names.size()));
    }
    int only = new PrimaryTask(primary).number(names);
    return List.of(Vector.zeros(names.size()).replaced(new int[] {only}, Vector.ones(1)));
  }

  @Override
  public TaskWeights weigh(StepView tasks, List<Vector> derivatives) {
    MethodState state = tasks.state();
    double[] weights = state.perTask(WEIGHTS).toArray();
    double[][] moments = {state.perTask(FIRST).toArray(), state.perTask(SECOND).toArray()};
    long update = Math.round(state.number(UPDATES)) + 1;
    new Adam(0.9, 0.999, 1e-8, 0)
        .update(weights, derivatives.get(0).toArray(), moments, update, rate);
    Vector next = Vector.of(weights);
    return TaskWeights.everywhere(next)
        .withState(
            MethodState.empty()
                .withPerTask(WEIGHTS, next)
                .withPerTask(FIRST, Vector.of(moments[0]))
                .withPerTask(SECOND, Vector.of(moments[1]))
                .withNumber(UPDATES, (double) update));
  }
}
