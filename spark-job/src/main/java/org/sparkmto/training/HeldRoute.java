package org.sparkmto.training;

import org.sparkmto.data.Batch;
import org.sparkmto.method.GradientSummary;

/**
 * A route that looks at the gradients in some steps alone. Between them a step is one backward pass
 * of the losses in the weights of the last look, which the driver holds.
 */
final class HeldRoute extends GradientRoute {
  private final LookSection look;
  private final GradientRoute looking;

  /** Takes the route over that makes the steps which look. */
  HeldRoute(LookSection look, GradientRoute looking) {
    super(looking);
    this.look = look;
    this.looking = looking;
  }

  @Override
  void leaveGradient(Batch batch, StepExchange exchange) {
    if (look.looks(exchange.step())) {
      looking.leaveGradient(batch, exchange);
    } else {
      leaveWeightedGradient(batch, exchange, (totals, pass) -> GradientSummary.none());
    }
  }

  @Override
  public void close() {
    looking.close();
  }
}
