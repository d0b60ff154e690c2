package org.sparkmto.method;

import java.util.Arrays;
import java.util.Optional;

/** Methods that learn from a trial step: asked before it without, and after it with derivatives. */
final class BilevelKind extends Kind<GradientSummary> {
  private static final int TRAINED = 0;
  private static final int HELD_OUT = 1;

  private final BilevelMethod method;

  BilevelKind(BilevelMethod method) {
    super(GradientSummary.class, "the derivatives of its target");
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

  /** A trial step, the derivatives of the target by its weights, then the weights of the step. */
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
    Vector target = method.target(run.names());
    double[] slope = LocalStep.sum(target, run.problem().gradients(there, HELD_OUT));
    double[][] rows = Arrays.copyOf(trained, trained.length + 1);
    rows[trained.length] = slope;
    Vector products =
        Vector.of(run.gram(rows).row(trained.length)).select(indices(0, trained.length));
    run.weigh(before.with(new GradientSummary.Derivatives(products.times(-rate))), rate);
    run.descend(run.combined(), rate);
  }

  @Override
  Answer weigh(GradientSummary seen, int[] active, MethodState state, Views views) {
    StepView view = views.of(active, state);
    return Answer.of(
        isAfterTrial(seen)
            ? method.weigh(view, Vector.of(seen.numbers()).select(active))
            : method.lookAhead(view));
  }
}
