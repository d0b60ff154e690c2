package org.sparkmto.step;

import java.util.function.Supplier;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.RepresentationGradients;

/**
 * Routes by the gradients of the shared parameters, one row per task, of which each rank holds its
 * slice: one forward, K backward passes, the weights, their combination.
 */
abstract class RowsRoute extends GradientRoute {
  private final GradientRows rows;
  private final int filled;

  /**
   * A route.
   *
   * @param blocks how many rows every task has
   * @param filled which of them is the gradient of the step
   */
  RowsRoute(int blocks, int filled, Rank rank, ParameterUpdate update) {
    super(rank, update);
    this.rows = new GradientRows(rank.replica(), rank.group(), blocks);
    this.filled = filled;
  }

  final GradientRows rows() {
    return rows;
  }

  @Override
  public void leaveGradient(Batch batch, StepExchange exchange) {
    try (ForwardPass pass = forward(batch, Cut.AT_REPRESENTATION, true)) {
      RepresentationGradients gradients = pass.backwardHeads();
      // Only the counts are wanted before the K backward passes, and the host knows them: it tells
      // the device all of these, and waits for it once.
      double[] labelled = exchange.labelled(pass);
      rows.fill(filled, gradients, labelled);
      StepAnswer.Weights weights = combine(() -> exchange.totals(pass), exchange);
      HeadGradients.combine(replica(), group(), Totals.perLabel(weights.heads(), labelled));
    }
  }

  /** Tells the log of the rows, where the method itself sees no inner products. */
  final void look(StepExchange exchange) {
    if (looksAt(exchange)) {
      exchange.looked(rows.gram());
    }
  }

  /**
   * Asks for the weights, and leaves the combined rows in the shared part of the gradient.
   *
   * @param totals of the batch; to be asked for once, behind what is asked of the rows
   */
  abstract StepAnswer.Weights combine(Supplier<Totals> totals, StepExchange exchange);

  @Override
  public void close() {
    super.close();
    rows.close();
  }
}
