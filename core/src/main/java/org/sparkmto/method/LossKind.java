package org.sparkmto.method;

import java.util.Optional;

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
  Optional<GradientSummary> ofGram(SymmetricMatrix gram) {
    return Optional.of(GradientSummary.none());
  }

  @Override
  GradientSummary observe(LocalStep run) {
    return GradientSummary.none();
  }

  /** Nobody has seen the gradients before they are wanted. */
  @Override
  double[] combine(LocalStep run, Weighing weighing) {
    run.weighsRows(run.gradients());
    return super.combine(run, weighing);
  }

  @Override
  void step(LocalStep run, int epoch, double rate) {
    super.step(run, epoch, rate);
    if (method.secondQuestion() == Method.SecondQuestion.AFTER_UPDATE) {
      run.lookAgain(run.problem().losses(run.parameters()));
    }
  }

  @Override
  MethodState lookAgain(StepView before, Vector losses) {
    return method.lookAgain(before, losses);
  }

  @Override
  Optional<Inside> inside() {
    return Optional.of((view, gram) -> method.weigh(view));
  }
}
