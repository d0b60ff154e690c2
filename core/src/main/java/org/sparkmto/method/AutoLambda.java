package org.sparkmto.method;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.sparkmto.options.Option;

/**
 * Auto-lambda: weights that follow, with Adam, the derivative of the primary tasks' losses on
 * held-out samples after a trial step (Liu, James, Davison, Johns, TMLR 2022, eq. 4). The
 * derivative is exact, {@link BilevelMethod}; the paper's code takes finite differences. Weights
 * are not constrained. Where a method of losses weighs the heads, the trial step moves them as the
 * step does, and the derivative is that of the shared part: the impartial form of Li et al.,
 * "Unprejudiced Training Auxiliary Tasks Makes Primary Better", table IX, with {@code uw} as the
 * method.
 *
 * @param primary the tasks in the target: "all", or one task's name or number
 * @param init first value of the weights
 * @param rate Adam's rate for the weights
 * @param decoder what weighs the heads; empty for the same weights
 */
record AutoLambda(String primary, double init, double rate, Optional<NestedMethod> decoder)
    implements BilevelMethod {
  private static final String DECODER = "decoder";
  private static final String OWN = "own";

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
          .option(
              DECODER,
              Option.text(),
              OWN,
              "what weighs the heads: own, the same weights, or a method of losses, such as uw;"
                  + " what that one learns is moved by Adam at its usual rate of "
                  + LearningRule.USUAL)
          .option(
              DECODER + NestedMethod.WITH,
              Option.keys("options by name"),
              "options of the decoder's method")
          .remembers()
          .madeBy(
              options ->
                  new AutoLambda(
                      options.text("primary"),
                      options.number("init"),
                      options.number("rate"),
                      NestedMethod.ofLosses(DECODER, OWN, options)));

  private static final String ALL = "all";
  private static final String WEIGHTS = "weights";
  private static final AdamState ADAM = new AdamState(WEIGHTS, "");

  @Override
  public void requireTasks(List<String> names) {
    targets(names);
    decoder.ifPresent(method -> method.requireTasks(names));
  }

  @Override
  public MethodState initialState(int tasks) {
    MethodState own =
        ADAM.startedIn(MethodState.empty().withPerTask(WEIGHTS, Vector.filled(tasks, init)), tasks);
    return decoder
        .map(
            method ->
                adams(method)
                    .reduce(
                        method.startedIn(own, tasks),
                        (state, adam) -> adam.startedIn(state, tasks),
                        (one, other) -> other))
        .orElse(own);
  }

  @Override
  public TaskWeights lookAhead(StepView tasks) {
    Vector weights = tasks.state().perTask(WEIGHTS);
    return TaskWeights.of(weights, heads(tasks).orElse(weights));
  }

  @Override
  public boolean weighsHeads() {
    return decoder.isEmpty();
  }

  private Optional<Vector> heads(StepView tasks) {
    return decoder.map(method -> method.weigh(tasks).heads().orElse(Vector.ones(tasks.count())));
  }

  /** What moves each of the vectors that the heads' method learns. */
  private static Stream<AdamState> adams(NestedMethod method) {
    return method.learned().stream()
        .sorted()
        .map(name -> new AdamState(name, "adam/" + name + "/"));
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
    MethodState next = ADAM.moved(tasks.state(), derivatives.get(0), rate);
    Vector weights = next.perTask(WEIGHTS);
    return decoder
        .map(method -> withHeads(method, tasks, next))
        .orElseGet(() -> TaskWeights.everywhere(weights).withState(next));
  }

  private static TaskWeights withHeads(NestedMethod method, StepView tasks, MethodState state) {
    TaskWeights answer = method.weigh(tasks);
    Map<String, Vector> slopes =
        method.learning(TaskWeights.everywhere(Vector.ones(tasks.count())), answer).gradients();
    MethodState next = method.remembered(state, answer);
    for (AdamState adam : adams(method).toList()) {
      next = adam.moved(next, slopes.get(adam.vector()), LearningRule.USUAL);
    }
    return TaskWeights.of(state.perTask(WEIGHTS), answer.heads().orElse(Vector.ones(tasks.count())))
        .withState(next);
  }
}
