package org.sparkmto.method;

/** Methods that act on elements of the gradients, of which the driver sees sums. */
final class ElementKind extends Kind<GradientSummary.ElementSums> {
  private final ElementMethod method;

  ElementKind(ElementMethod method) {
    super(
        GradientSummary.ElementSums.class,
        "the squared norms of the task gradients and its sums over their elements");
    this.method = method;
  }

  @Override
  Answer weigh(GradientSummary.ElementSums seen, int[] active, MethodState state, Views views) {
    return Answer.of(method.weigh(views.of(active, state), seen.sums().select(active)));
  }
}
