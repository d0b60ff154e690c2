package org.sparkmto.method;

/** Methods with an optimiser per task: every task that can be used counts as it is. */
final class TaskwiseKind extends Kind<GradientSummary.SquaredNorms> {
  TaskwiseKind() {
    super(GradientSummary.SquaredNorms.class, "the squared norms of the task gradients");
  }

  @Override
  Answer weigh(GradientSummary.SquaredNorms seen, int[] active, MethodState state, Views views) {
    return Answer.of(TaskWeights.everywhere(Vector.ones(active.length)));
  }
}
