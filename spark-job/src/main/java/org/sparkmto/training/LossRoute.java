package org.sparkmto.training;

import org.sparkmto.data.Batch;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.LossMethod;
import org.sparkmto.method.Method.SecondQuestion;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;

/**
 * Methods that see losses at most: one backward of the weighted sum. In the steps of {@code
 * log.gradients-every} the driver hears of the gradients at z, too, for the log alone.
 */
final class LossRoute extends GradientRoute {
  private final boolean looksAgain;
  private final int gradientsEvery;

  LossRoute(LossMethod method, int gradientsEvery, Rank rank, ParameterUpdate update) {
    super(rank, update);
    this.looksAgain = method.secondQuestion() == SecondQuestion.AFTER_UPDATE;
    this.gradientsEvery = gradientsEvery;
  }

  @Override
  void leaveGradient(Batch batch, StepExchange exchange) {
    boolean moves = movesEncoder(exchange);
    try (ForwardPass pass = replica().forward(batch, Cut.NONE, moves)) {
      Totals totals = exchange.totals(pass);
      boolean looks = gradientsEvery > 0 && exchange.step() % gradientsEvery == 0;
      StepAnswer.Weights weights =
          exchange.weights(
              totals,
              looks ? exchange.gram(totals, pass.gramAtRepresentation()) : GradientSummary.none());
      pass.backward(totals.perLabel(weights.shared()), totals.perLabel(weights.heads()));
      sumGradient(moves);
    }
  }

  @Override
  void lookAgain(Batch batch, StepExchange exchange) {
    if (looksAgain) {
      try (ForwardPass pass = replica().forward(batch, Cut.NONE, movesEncoder(exchange))) {
        exchange.updated(exchange.totals(pass));
      }
    }
  }
}
