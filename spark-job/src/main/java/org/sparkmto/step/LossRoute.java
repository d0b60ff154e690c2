package org.sparkmto.step;

import java.util.Optional;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.LossMethod;
import org.sparkmto.method.Method.SecondQuestion;
import org.sparkmto.method.Observation;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weigher;
import org.sparkmto.method.Weighing;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;

/**
 * Methods that see losses at most: one backward of the weighted sum. Of a method that sees nothing
 * of a step, ranks know the weights as the driver does, and do not wait for it. In the steps of
 * {@code log.gradients-every} the driver hears of the gradients at z, too, for the log alone.
 */
final class LossRoute extends GradientRoute {
  private final boolean looksAgain;
  private final Optional<Vector> constantWeights;
  private final Optional<Weigher> weigher;

  /**
   * The route of a method.
   *
   * @param weigher of a method that sees nothing of a step and remembers nothing
   */
  LossRoute(LossMethod method, Optional<Weigher> weigher, Rank rank, ParameterUpdate update) {
    super(rank, update);
    this.weigher = weigher;
    this.looksAgain = method.secondQuestion() == SecondQuestion.AFTER_UPDATE;
    this.constantWeights = method.constantWeights(rank.replica().plan().tasks().size());
  }

  @Override
  public void leaveGradient(Batch batch, StepExchange exchange) {
    leaveWeightedGradient(
        batch,
        exchange,
        (totals, pass) -> {
          GradientSummary seen =
              looksAt(exchange)
                  ? exchange.gram(totals, pass.gramAtRepresentation())
                  : GradientSummary.none();
          return weigher
              .map(own -> exchange.weights(totals, seen, step -> weights(own, step)))
              .orElseGet(() -> exchange.weights(totals, seen));
        });
  }

  private static StepAnswer.Weights weights(Weigher weigher, Observation step) {
    Weighing weighing = weigher.weigh(step, weigher.initialState());
    return new StepAnswer.Weights(weighing.shared(), weighing.heads());
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
