package org.sparkmto.method;

import java.util.Optional;
import org.sparkmto.elementwise.DoubleVector;

/** Methods with an optimiser per task: every task that can be used counts as it is. */
final class TaskwiseKind extends Kind<GradientSummary.SquaredNorms> {
  private final TaskwiseMethod method;

  TaskwiseKind(TaskwiseMethod method) {
    super(GradientSummary.SquaredNorms.class, "the squared norms of the task gradients");
    this.method = method;
  }

  @Override
  Answer weigh(GradientSummary.SquaredNorms seen, int[] active, MethodState state, Views views) {
    return Answer.of(TaskWeights.everywhere(Vector.ones(active.length)));
  }

  @Override
  Optional<GradientSummary.SquaredNorms> ofGram(SymmetricMatrix gram) {
    return Optional.of(new GradientSummary.SquaredNorms(gram.diagonal()));
  }

  @Override
  GradientSummary.SquaredNorms observe(LocalStep run) {
    run.weighsRows(run.gradients());
    return new GradientSummary.SquaredNorms(run.gram(run.rows()).diagonal());
  }

  /**
   * Every task's optimiser moves the parameters, at once or each where the one before left them.
   */
  @Override
  void step(LocalStep run, int epoch, double rate) {
    TaskwiseRule rule = TaskwiseRule.of(method, run.optimizer());
    double[] point = run.parameters();
    run.weigh(run.observe(run.problem(), Vector.ones(run.tasks()), epoch), rate);
    double[][] gradients = run.rows();
    for (int i = 0; i < point.length; i++) {
      point[i] -= rate * rule.decay() * point[i];
    }
    double[] start = point.clone();
    for (int task = 0; task < gradients.length; task++) {
      boolean turn = method.alternates() && task > 0;
      DoubleVector gradient =
          rule.penalised(
              DoubleVector.over(turn ? run.gradients()[task] : gradients[task]),
              DoubleVector.over(turn ? point : start),
              gradients.length);
      double[][] moments =
          run.remembered("moments" + task, rule.step().state().size(), point.length);
      rule.step()
          .update(
              DoubleVector.over(point),
              gradient,
              DoubleVector.over(moments),
              run.weighedStep() + 1,
              rate);
    }
  }
}
