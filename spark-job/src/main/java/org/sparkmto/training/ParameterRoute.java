package org.sparkmto.training;

import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;

/** Gram matrix at the parameters, exact. */
final class ParameterRoute extends RowsRoute {
  ParameterRoute(Rank rank, ParameterUpdate update) {
    super(1, 0, rank, update);
  }

  @Override
  StepAnswer.Weights combine(Totals totals, StepExchange exchange) {
    StepAnswer.Weights weights = exchange.weights(totals, new GradientSummary.Gram(rows().gram()));
    rows().combine(weights.shared());
    return weights;
  }
}
