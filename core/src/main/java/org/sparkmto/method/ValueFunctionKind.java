package org.sparkmto.method;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Methods of a lower level: asked for its weights, and after its steps what they lead to. */
final class ValueFunctionKind extends Kind<GradientSummary> {
  private static final int LOWER = 0;
  private static final int UPPER = 1;
  private static final int PARTS = 2;

  private final ValueFunctionMethod method;

  ValueFunctionKind(ValueFunctionMethod method) {
    super(
        GradientSummary.class,
        "the inner products of the task gradients over two parts of the batch");
    this.method = method;
  }

  @Override
  int weightsPerTask() {
    return PARTS;
  }

  @Override
  boolean fits(GradientSummary seen) {
    return (seen.form() == GradientForm.PART_GRAM && seen.weightsPerTask() == PARTS)
        || seen.isAfterTrial();
  }

  /** Both parts are means of their own. */
  @Override
  double equalShare(double equal) {
    return equal / PARTS;
  }

  @Override
  Optional<GradientSummary> ofGram(SymmetricMatrix gram) {
    return Optional.empty();
  }

  /** Before the steps of the lower level; the step itself tells the losses after them. */
  @Override
  GradientSummary observe(LocalStep run) {
    run.weighsRows(
        Stream.of(LOWER, UPPER)
            .map(run::gradients)
            .flatMap(Arrays::stream)
            .toArray(double[][]::new));
    return new GradientSummary.PartGram(PARTS, run.gram(run.rows()));
  }

  @Override
  void step(LocalStep run, int epoch, double rate) {
    GradientSummary.PartGram gradients = (GradientSummary.PartGram) observe(run);
    Observation before = run.losses(epoch).with(gradients);
    Vector weights = run.trial(before).shared().select(indices(0, run.tasks()));
    double[] there = run.parameters().clone();
    for (int step = 0; step < method.innerSteps(); step++) {
      double[] slope = LocalStep.sum(weights, run.problem().gradients(there.clone(), LOWER));
      for (int i = 0; i < there.length; i++) {
        there[i] -= method.innerRate() * slope[i];
      }
    }
    Vector after = run.problem().losses(there);
    run.weigh(before.with(new LossesAfter(gradients, after)), rate);
    run.descend(run.combined(), rate);
  }

  @Override
  Answer weigh(GradientSummary seen, int[] active, MethodState state, Views views) {
    StepView view = views.of(active, state);
    return Answer.of(
        seen.lossesAfter()
            .map(after -> method.weigh(system(seen, active, view), after.select(active)))
            .orElseGet(
                () -> {
                  Vector weights = method.lowerLevel(view);
                  return TaskWeights.of(weights.followedBy(Vector.zeros(weights.size())), weights);
                }));
  }

  private static PartSystem system(GradientSummary seen, int[] active, StepView view) {
    SymmetricMatrix matrix = seen.products().get(0);
    int[] some = blockwise(active, PARTS, matrix.size() / PARTS);
    return new PartSystem(view, PARTS, matrix.select(some));
  }

  /** Parts that are alike, and as much to gain as the gradients are long. */
  @Override
  GradientSummary sample(Vector squares, List<String> tasks) {
    int count = squares.size();
    SymmetricMatrix diagonal = SymmetricMatrix.of(count, new double[count * count]);
    int[] all = blockwise(indices(0, count), PARTS, 0);
    return new LossesAfter(
        new GradientSummary.PartGram(PARTS, diagonal.plusDiagonal(squares).select(all)),
        squares.map(square -> -Math.sqrt(square)));
  }
}
