package org.sparkmto.method;

/** Methods of losses: whatever is known of gradients, they do not see it. */
final class LossKind extends Kind<GradientSummary> {
  private final LossMethod method;

  LossKind(LossMethod method) {
    super(GradientSummary.class, "losses");
    this.method = method;
  }

  @Override
  Observation fitting(Observation step, Method unused) {
    return step.with(GradientSummary.none());
  }

  @Override
  Answer weigh(GradientSummary seen, int[] active, MethodState state, Views views) {
    return Answer.of(method.weigh(views.of(active, state)));
  }

  @Override
  MethodState lookAgain(StepView before, Vector losses) {
    return method.lookAgain(before, losses);
  }
}
