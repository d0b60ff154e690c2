package org.sparkmto.method;

import java.util.Optional;

/** Methods of inner products. */
final class GramKind extends Kind<GradientSummary.Gram> {
  private final GramMethod method;

  GramKind(GramMethod method) {
    super(GradientSummary.Gram.class, "the inner products of the task gradients");
    this.method = method;
  }

  @Override
  boolean hasLevels() {
    return true;
  }

  @Override
  Answer weigh(GradientSummary.Gram seen, int[] active, MethodState state, Views views) {
    return Answer.of(weigh(method, views.of(active, state), seen.matrix().select(active)));
  }

  @Override
  Optional<GradientSummary.Gram> ofGram(SymmetricMatrix gram) {
    return Optional.of(new GradientSummary.Gram(gram));
  }

  @Override
  GradientSummary.Gram observe(LocalStep run) {
    run.weighsRows(run.gradients());
    return new GradientSummary.Gram(run.gram(run.rows()));
  }

  @Override
  Optional<Inside> inside() {
    return Optional.of((view, gram) -> weigh(method, view, gram));
  }

  @Override
  Optional<GramMethod> ofInnerProducts() {
    return Optional.of(method);
  }

  static TaskWeights weigh(GramMethod method, StepView view, SymmetricMatrix gram) {
    return view.count() == 1 && !method.weighsSingleTask()
        ? TaskWeights.shared(Vector.ones(1))
        : method.weigh(new GradientSystem(view, gram));
  }
}
