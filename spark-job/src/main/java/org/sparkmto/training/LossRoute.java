package org.sparkmto.training;

import java.util.Optional;
import org.sparkmto.data.Batch;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.LossMethod;
import org.sparkmto.method.Method.SecondQuestion;
import org.sparkmto.method.Vector;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;

/**
 * Methods that see losses at most: one backward of the weighted sum. In the steps of {@code
 * log.gradients-every} the driver hears of the gradients at z, too, for the log alone.
 */
final class LossRoute extends GradientRoute {
  private final boolean looksAgain;
  private final Optional<Vector> constantWeights;

  LossRoute(LossMethod method, Rank rank, ParameterUpdate update) {
    super(rank, update);
    this.looksAgain = method.secondQuestion() == SecondQuestion.AFTER_UPDATE;
    this.constantWeights = method.constantWeights(rank.replica().plan().tasks().size());
  }

  @Override
  void leaveGradient(Batch batch, StepExchange exchange) {
    leaveWeightedGradient(
        batch,
        exchange,
        (totals, pass) ->
            looksAt(exchange)
                ? exchange.gram(totals, pass.gramAtRepresentation())
                : GradientSummary.none());
  }

  @Override
  Optional<Vector> constantWeights() {
    return constantWeights;
  }

  @Override
  void lookAgain(Batch batch, StepExchange exchange) {
    if (looksAgain) {
      try (ForwardPass pass = forward(batch, Cut.NONE, movesEncoder(exchange))) {
        exchange.updated(exchange.totals(pass));
      }
    }
  }
}
