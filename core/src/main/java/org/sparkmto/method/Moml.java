package org.sparkmto.method;

import java.util.List;
import java.util.stream.IntStream;
import org.sparkmto.options.Option;

/**
 * MOML: weights that follow, with Adam, a direction in which the losses of all tasks on held-out
 * samples fall after a trial step (Ye et al., "Multi-Objective Meta Learning", NeurIPS 2021,
 * algorithm 1). The weights are the softmax of learned numbers s. The derivatives of the K held-out
 * losses by s are combined to the shortest vector of their convex hull, as {@link Mgda} combines
 * gradients by parameters. They are exact, {@link BilevelMethod}; the inner problem is one step of
 * gradient descent at the rate of the run. The authors' code divides the derivatives by the
 * held-out losses before; their algorithm does not, nor does this.
 *
 * @param rate Adam's rate for s
 */
record Moml(double rate) implements BilevelMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "moml", "MOML", "Ye et al., NeurIPS 2021, algorithm 1", MethodInput.TRIAL_OF_EACH)
          .option("rate", Option.positive(), 1e-4, "Adam's learning rate of what weights are of")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new Moml(options.number("rate")));

  /** A combination that misses its optimality conditions by more is not used. */
  private static final double INEXACT = 1e-8;

  private static final String S = "s";
  private static final AdamState ADAM = new AdamState(S, "");

  @Override
  public MethodState initialState(int tasks) {
    return ADAM.startedIn(MethodState.empty().withPerTask(S, Vector.zeros(tasks)), tasks);
  }

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  /** Gradients over both halves of the batch. */
  @Override
  public int rowsPerTask() {
    return 2;
  }

  @Override
  public TaskWeights lookAhead(StepView tasks) {
    return TaskWeights.everywhere(tasks.state().perTask(S).softmax());
  }

  @Override
  public List<Vector> targets(List<String> names) {
    return IntStream.range(0, names.size())
        .mapToObj(k -> Vector.zeros(names.size()).replaced(new int[] {k}, Vector.ones(1)))
        .toList();
  }

  @Override
  public TaskWeights weigh(StepView tasks, List<Vector> derivatives) {
    MethodState state = tasks.state();
    Vector weights = state.perTask(S).softmax();
    double[][] slopes =
        derivatives.stream()
            .map(slope -> slope.map(value -> value - slope.dot(weights)).times(weights).toArray())
            .toArray(double[][]::new);
    SymmetricMatrix gram = SymmetricMatrix.gramOf(slopes);
    double floor = ProductGuard.floor(gram.diagonal().max());
    int[] moving = IntStream.range(0, slopes.length).filter(j -> gram.at(j, j) >= floor).toArray();
    if (moving.length == 0) {
      return TaskWeights.everywhere(weights);
    }
    GradientSystem system = new GradientSystem(tasks, gram.select(moving));
    MinNorm shortest = MinNorm.of(system.cosines(), system.norms());
    if (!(shortest.residual() <= INEXACT)) {
      return TaskWeights.failed("the shortest vector of the derivatives' hull was not found")
          .withResidual(shortest.residual());
    }
    Vector slope = Vector.zeros(tasks.count());
    for (int i = 0; i < moving.length; i++) {
      slope = slope.plus(Vector.of(slopes[moving[i]]).times(shortest.weights().at(i)));
    }
    MethodState next = ADAM.moved(state, slope, rate);
    return TaskWeights.everywhere(next.perTask(S).softmax())
        .withResidual(shortest.residual())
        .withState(next);
  }
}
