package org.sparkmto.method;

import java.util.List;
import java.util.Map;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * CR-MOGM: a moving average of the weights that another method of inner products finds, because
 * weights that follow each step's noisy gradients keep such methods from converging (Zhou et al.,
 * "On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond", NeurIPS
 * 2022, algorithm 1): {@code w <- alpha w + (1 - alpha) w'} with {@code w'} of the other method.
 * The average of a task begins with the first weight that it gets. Where the other method fails,
 * the step does, and the averages stay. Weights of heads are those of the other method.
 *
 * @param of the method whose weights are averaged
 * @param alpha share of the old average, in [0, 1); the paper lets it grow towards 1 as the rate
 *     falls, this keeps it
 */
record CrMogm(GramMethod of, double alpha) implements GramMethod {
  private static final String OF = "of";
  private static final String WITH = "with";

  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "cr-mogm",
              "CR-MOGM",
              "Zhou et al., NeurIPS 2022, algorithm 1",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(OF, Option.text(), "mgda", "the method whose weights are averaged")
          .option(
              WITH,
              Option.keys("options of that method"),
              "its options, with { c = 0.4 } for example; if absent, the usual ones")
          .option("alpha", Option.fraction(), 0.9, "share of the old average, in [0, 1)")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new CrMogm(averaged(options), options.number("alpha")));

  private static final String WEIGHTS = "weights";
  private static final String BEGUN = "begun";
  private static final String INNER = "of/";

  private static GramMethod averaged(Options options) {
    MethodEntry entry = Methods.entry(options.text(OF));
    Map<?, ?> given = options.optional(WITH, Map.class).orElse(Map.of());
    return Kind.of(NestedMethod.made(entry, WITH, given), 1)
        .ofInnerProducts()
        .filter(gram -> gram.learned().isEmpty() && !entry.name().equals(ENTRY.name()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "option '%s' must be a method of inner products that learns nothing, not '%s'"
                        .formatted(OF, entry.name())));
  }

  @Override
  public void requireTasks(List<String> names) {
    of.requireTasks(names);
  }

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty()
        .withPerTask(WEIGHTS, Vector.zeros(tasks))
        .withPerTask(BEGUN, Vector.zeros(tasks))
        .with(INNER, of.initialState(tasks));
  }

  @Override
  public double equalWeight(int tasks) {
    return of.equalWeight(tasks);
  }

  @Override
  public boolean weighsSingleTask() {
    return of.weighsSingleTask();
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    MethodState state = tasks.state();
    MethodState inner = state.under(INNER);
    TaskWeights answer = of.weigh(tasks.withState(inner));
    if (answer.failure().isPresent()) {
      return answer.withState(state);
    }
    Vector next = answer.shared().orElseThrow();
    Vector kept = state.perTask(BEGUN).times(alpha);
    Vector average = next.plus(state.perTask(WEIGHTS).minus(next).times(kept));
    return answer
        .withShared(average)
        .withState(
            MethodState.empty()
                .withPerTask(WEIGHTS, average)
                .withPerTask(BEGUN, Vector.ones(tasks.count()))
                .with(INNER, answer.state().orElse(inner)));
  }
}
