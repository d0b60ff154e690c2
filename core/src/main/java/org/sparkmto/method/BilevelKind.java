package org.sparkmto.method;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Methods that learn from a trial step: asked before it without, and after it with derivatives. */
final class BilevelKind extends Kind<GradientSummary> {
  private static final int TRAINED = 0;
  private static final int HELD_OUT = 1;

  private final BilevelMethod method;

  BilevelKind(BilevelMethod method) {
    super(GradientSummary.class, "the derivatives of its targets");
    this.method = method;
  }

  @Override
  Observation fitting(Observation step, Method unused) {
    return isAfterTrial(step.gradients()) ? step : step.with(GradientSummary.none());
  }

  private static boolean isAfterTrial(GradientSummary seen) {
    return seen.form() == GradientForm.DERIVATIVES;
  }

  @Override
  Optional<GradientSummary> ofGram(SymmetricMatrix gram) {
    return Optional.empty();
  }

  /** Before the trial; the step itself tells the derivatives after it. */
  @Override
  GradientSummary observe(LocalStep run) {
    return GradientSummary.none();
  }

  /** A trial step, the derivatives of the targets by its weights, then the weights of the step. */
  @Override
  void step(LocalStep run, int epoch, double rate) {
    run.weighsRows(run.gradients(TRAINED));
    double[][] trained = run.rows();
    Observation before = run.losses(epoch);
    double[] trial = LocalStep.sum(run.trial(before).shared(), trained);
    double[] there = run.parameters().clone();
    for (int i = 0; i < there.length; i++) {
      there[i] += -rate * trial[i];
    }
    List<Vector> targets = method.targets(run.names());
    double[][] heldOut = run.problem().gradients(there, HELD_OUT);
    double[][] rows = Arrays.copyOf(trained, trained.length + targets.size());
    for (int target = 0; target < targets.size(); target++) {
      rows[trained.length + target] = LocalStep.sum(targets.get(target), heldOut);
    }
    SymmetricMatrix products = run.gram(rows);
    List<Vector> derivatives =
        IntStream.range(trained.length, rows.length)
            .mapToObj(row -> Vector.of(products.row(row)).select(indices(0, trained.length)))
            .map(row -> row.times(-rate))
            .toList();
    run.weigh(before.with(Derivatives.of(derivatives)), rate);
    run.descend(run.combined(), rate);
  }

  @Override
  Answer weigh(GradientSummary seen, int[] active, MethodState state, Views views) {
    StepView view = views.of(active, state);
    return Answer.of(
        seen.derivatives()
            .map(
                derivatives ->
                    method.weigh(
                        view,
                        IntStream.range(0, derivatives.targets())
                            .mapToObj(target -> derivatives.of(target, active))
                            .toList()))
            .orElseGet(() -> method.lookAhead(view)));
  }

  @Override
  GradientSummary sample(Vector squares, List<String> tasks) {
    return Derivatives.of(method.targets(tasks).stream().map(squares::times).toList());
  }
}
