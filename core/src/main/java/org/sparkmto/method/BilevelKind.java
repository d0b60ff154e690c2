package org.sparkmto.method;

/** Methods that learn from a trial step: asked before it without, and after it with derivatives. */
final class BilevelKind extends Kind<GradientSummary> {
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
    return seen.form() == GradientSummary.Form.DERIVATIVES;
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
