package org.sparkmto.step;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.RepresentationGradients;

/**
 * Methods that need independent samples: the gradients of every part of the batch by themselves and
 * one Gram matrix of all. Heads follow the whole batch.
 */
final class SampledRoute extends GradientRoute {
  private final BatchParts parts;
  private final GradientRows rows;
  private final FlatVector heads;

  SampledRoute(BatchParts parts, Rank rank, ParameterUpdate update) {
    super(rank, update);
    this.parts = parts;
    this.rows = new GradientRows(rank.replica(), rank.group(), parts.parts());
    this.heads = HeadGradients.zeros(rank.replica());
  }

  @Override
  public void leaveGradient(Batch batch, StepExchange exchange) {
    Totals all = null;
    heads.scale(0);
    for (int part = 0; part < parts.parts(); part++) {
      try (ForwardPass pass = forward(batch, parts, part, Cut.AT_REPRESENTATION);
          PointerScope scope = new PointerScope()) {
        RepresentationGradients gradients = pass.backwardHeads();
        heads.tensor().add_(HeadGradients.of(replica()));
        Totals totals = exchange.totals(pass);
        rows.fill(part, gradients, totals.labelled());
        all = all == null ? totals : all.plus(totals);
      }
    }
    StepAnswer.Weights answer =
        exchange.weights(all, new GradientSummary.PartGram(parts.parts(), rows.gram()));
    rows.combine(answer.shared());
    try (PointerScope scope = new PointerScope()) {
      HeadGradients.of(replica()).copy_(heads.tensor());
    }
    HeadGradients.combine(replica(), group(), all.perLabel(answer.heads()));
  }

  /** Every part of the batch has weights of its own. */
  @Override
  boolean weighParts(Tensor weighted, StepExchange exchange) {
    rows.weighBlocks(weighted, exchange.sharedWeights());
    return true;
  }

  @Override
  public void close() {
    super.close();
    rows.close();
    heads.close();
  }
}
