package org.sparkmto.training;

import java.util.function.Supplier;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;

/** Gram matrix at the parameters, exact. */
final class ParameterRoute extends RowsRoute {
  ParameterRoute(Rank rank, ParameterUpdate update) {
    super(1, 0, rank, update);
  }

  @Override
  StepAnswer.Weights combine(Supplier<Totals> totals, StepExchange exchange) {
    GradientSummary seen = new GradientSummary.Gram(rows().gram());
    StepAnswer.Weights weights = exchange.weights(totals.get(), seen);
    rows().combine(weights.shared());
    return weights;
  }
}
