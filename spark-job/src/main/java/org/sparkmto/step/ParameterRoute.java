package org.sparkmto.step;

import java.util.Optional;
import org.sparkmto.configuration.FactorChoice;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.network.SharedPart;

/**
 * Gram matrix at the parameters, exact: of one forward pass, K backward passes, the weights, and
 * the weighted sum of the gradients. Where it is less work ({@link FactorChoice}) the K passes find
 * factors of gradients in place of gradients, and one more is of the losses in the weights.
 */
final class ParameterRoute extends GradientRoute {
  private final FactoredRows rows;
  private final Cut cut;

  /**
   * A route.
   *
   * @param factors whether it may take factors
   */
  ParameterRoute(boolean factors, Rank rank, ParameterUpdate update) {
    super(rank, update);
    int tasks = rank.replica().layout().heads().size();
    this.rows =
        new FactoredRows(
            rank.replica(), rank.group(), FactorChoice.ofUpdate(tasks), SharedPart.ALL);
    this.cut = factors ? Cut.AT_LAYERS : Cut.AT_REPRESENTATION;
  }

  @Override
  public void leaveGradient(Batch batch, StepExchange exchange) {
    try (ForwardPass pass = forward(batch, cut, true)) {
      RepresentationGradients gradients = pass.backwardHeads();
      // Only the counts are wanted before the K backward passes, and the host knows them: it tells
      // the device all of these, and waits for it once.
      double[] labelled = exchange.labelled(pass);
      boolean byFactors = rows.choose(gradients);
      if (byFactors) {
        rows.fill(0, gradients, labelled);
      } else {
        rows.rest().fill(0, gradients, labelled);
      }
      GradientSummary seen = new GradientSummary.Gram(rows.gram());
      StepAnswer.Weights weights = exchange.weights(exchange.totals(pass), seen);
      double[] heads = Totals.perLabel(weights.heads(), labelled);
      if (byFactors) {
        travelling(true).leave(gradients, Totals.perLabel(weights.shared(), labelled), heads);
      } else {
        rows.rest().combine(weights.shared());
        HeadGradients.combine(replica(), group(), heads);
      }
    }
  }

  @Override
  public Optional<LookRows.Size> looked() {
    return Optional.of(rows.size());
  }

  @Override
  public void close() {
    super.close();
    rows.close();
  }
}
