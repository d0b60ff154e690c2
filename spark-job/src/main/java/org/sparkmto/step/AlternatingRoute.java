package org.sparkmto.step;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.method.TaskwiseMethod;
import org.sparkmto.method.Vector;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.timing.StepPhase;

/**
 * Methods with an optimiser per task whose tasks take turns: the gradient of each is of where the
 * one before it has left the parameters.
 */
final class AlternatingRoute extends TaskwiseRoute {
  AlternatingRoute(TaskwiseMethod method, TrainingConfiguration configuration, Rank rank) {
    super(method, configuration, rank);
  }

  /** Every loss is taken, and told to the driver, where its task's turn finds the parameters. */
  @Override
  public void leaveGradient(Batch batch, StepExchange exchange) {
    int tasks = rows().tasks();
    double[] labelled = new double[tasks];
    double[] losses = new double[tasks];
    for (int task = 0; task < tasks; task++) {
      Vector only = Vector.zeros(tasks).replaced(new int[] {task}, Vector.ones(1));
      try (ForwardPass pass = forward(batch, Cut.NONE, true);
          PointerScope scope = new PointerScope()) {
        Totals totals = exchange.totals(pass);
        losses[task] = totals.meanLosses()[task];
        labelled = totals.labelled();
        double[] weights = totals.perLabel(only);
        TravellingGradient sum = travelling(true);
        Tensor gradient = pass.backward(weights, weights, sum.ear()).tensor();
        sum.end();
        Tensor mine = gradient.narrow(0, rows().start(), rows().length());
        rows().matrix().select(0, task).copy_(mine);
      }
      if (task == 0) {
        // Not before: every rank holds but its slice, and gradients are of where a step begins.
        decay(exchange);
      }
      StepPhase before = clock().turnTo(StepPhase.OPTIMIZER);
      if (labelled[task] > 0) {
        move(new int[] {task}, moving(labelled).length, exchange);
      }
      gather();
      long from = replica().layout().headOffset(task);
      update()
          .apply(
              replica(),
              from,
              replica().layout().headOffset(task + 1),
              exchange.step(),
              exchange.epoch());
      clock().turnTo(before);
    }
    look(exchange);
    exchange.weights(losses, labelled, squaredNorms());
  }

  /** Every task has moved in its turn. */
  @Override
  void move(StepExchange exchange) {}
}
