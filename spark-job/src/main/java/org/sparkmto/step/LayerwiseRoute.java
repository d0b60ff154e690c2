package org.sparkmto.step;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Vector;

/** Gram matrix at the parameters, exact, of groups of them by themselves. */
final class LayerwiseRoute extends RowsRoute {
  private final List<List<ParameterGroups.Range>> groups;

  LayerwiseRoute(List<List<ParameterGroups.Range>> groups, Rank rank, ParameterUpdate update) {
    super(1, 0, rank, update);
    this.groups = groups;
  }

  @Override
  StepAnswer.Weights combine(Supplier<Totals> totals, StepExchange exchange) {
    GradientSummary seen = new GradientSummary.GroupGrams(rows().gram(groups));
    StepAnswer.Weights weights = exchange.weights(totals.get(), seen);
    rows().combine(weights.shared(), groups);
    return weights;
  }

  @Override
  boolean weighParts(Tensor parts, StepExchange exchange) {
    int tasks = rows().tasks();
    double[] weights = exchange.sharedWeights().toArray();
    for (int g = 0; g < groups.size(); g++) {
      Vector own = Vector.of(Arrays.copyOfRange(weights, g * tasks, (g + 1) * tasks));
      for (ParameterGroups.Range range : groups.get(g)) {
        ParameterGroups.Range here = range.within(rows().start(), rows().start() + rows().length());
        if (here.length() > 0) {
          weigh(parts.narrow(1, here.from() - rows().start(), here.length()), own);
        }
      }
    }
    return true;
  }
}
