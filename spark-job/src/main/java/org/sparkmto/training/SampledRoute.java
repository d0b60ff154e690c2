package org.sparkmto.training;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;

/**
 * Methods that need independent samples: the gradients of every part of the batch by themselves and
 * one Gram matrix of all. Heads follow the whole batch.
 */
final class SampledRoute implements GradientRoute {
  private final BatchParts parts;
  private final Replica replica;
  private final RankGroup group;
  private final ParameterUpdate update;
  private final GradientRows rows;
  private final FlatVector heads;

  SampledRoute(BatchParts parts, Replica replica, RankGroup group, ParameterUpdate update) {
    this.parts = parts;
    this.replica = replica;
    this.group = group;
    this.update = update;
    this.rows = new GradientRows(replica, group, parts.parts());
    this.heads = FlatVector.zeros(replica.layout().total() - replica.layout().shared());
  }

  @Override
  public void step(Batch batch, Counsel counsel) {
    Totals all = null;
    heads.scale(0);
    for (int part = 0; part < parts.parts(); part++) {
      try (ForwardPass pass = replica.forward(parts.of(batch, part), Cut.AT_REPRESENTATION);
          PointerScope scope = new PointerScope()) {
        pass.backwardHeads();
        heads.tensor().add_(HeadGradients.of(replica));
        Totals totals = counsel.totals(pass);
        rows.fill(part, pass, totals.labelled());
        all = all == null ? totals : all.plus(totals);
      }
    }
    int weights = parts.parts() * rows.tasks();
    StepAnswer answer = counsel.ask(0, all.meanLosses(), rows.gram(), new double[0], weights, 0);
    rows.combine(answer.shared());
    try (PointerScope scope = new PointerScope()) {
      HeadGradients.of(replica).copy_(heads.tensor());
    }
    HeadGradients.combine(replica, group, all.perLabel(answer.heads()));
    update.apply(replica, counsel.step(), counsel.epoch());
  }

  @Override
  public Map<String, float[]> optimizerState() {
    return update.state();
  }

  @Override
  public void close() {
    rows.close();
    heads.close();
  }
}
