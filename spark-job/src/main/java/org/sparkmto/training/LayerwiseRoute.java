package org.sparkmto.training;

import java.util.List;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;

/** Gram matrix at the parameters, exact, of groups of them by themselves. */
final class LayerwiseRoute extends RowsRoute {
  private final List<List<ParameterGroups.Range>> groups;

  LayerwiseRoute(List<List<ParameterGroups.Range>> groups, Rank rank, ParameterUpdate update) {
    super(1, 0, rank, update);
    this.groups = groups;
  }

  @Override
  StepAnswer.Weights combine(Totals totals, StepExchange exchange) {
    StepAnswer.Weights weights =
        exchange.weights(totals, new GradientSummary.GroupGrams(rows().gram(groups)));
    rows().combine(weights.shared(), groups);
    return weights;
  }
}
