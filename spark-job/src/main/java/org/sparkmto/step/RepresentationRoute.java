package org.sparkmto.step;

import org.sparkmto.data.Batch;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.RepresentationGradients;

/**
 * Gram matrix at z: the heads' backward, then one backward of the weighted sum from z on. Because z
 * is per sample, the matrices of ranks add up. While the encoder is frozen, the latter is left out.
 */
final class RepresentationRoute extends GradientRoute {
  RepresentationRoute(Rank rank, ParameterUpdate update) {
    super(rank, update);
  }

  @Override
  public void leaveGradient(Batch batch, StepExchange exchange) {
    boolean moves = movesEncoder(exchange);
    try (ForwardPass pass = forward(batch, Cut.AT_REPRESENTATION, moves)) {
      RepresentationGradients gradients = pass.backwardHeads();
      Totals totals = exchange.totals(pass, gradients.gram());
      StepAnswer.Weights weights =
          exchange.weights(totals, new GradientSummary.Gram(totals.meanGram()));
      travelling(moves)
          .leave(gradients, totals.perLabel(weights.shared()), totals.perLabel(weights.heads()));
    }
  }
}
