package org.sparkmto.training;

import java.util.Map;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;

/**
 * Gram matrix at z: the heads' backward, then one backward of the weighted sum from z on. Because z
 * is per sample, the matrices of ranks add up.
 */
final class RepresentationRoute implements GradientRoute {
  private final Replica replica;
  private final RankGroup group;
  private final ParameterUpdate update;

  RepresentationRoute(Replica replica, RankGroup group, ParameterUpdate update) {
    this.replica = replica;
    this.group = group;
    this.update = update;
  }

  @Override
  public void step(Batch batch, Counsel counsel) {
    try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
      pass.backwardHeads();
      Totals totals = counsel.totals(pass, pass.representationGram());
      StepAnswer weights = counsel.ask(totals.meanLosses(), totals.meanGram());
      pass.backwardEncoder(totals.perLabel(weights.shared()));
      replica.scaleHeadGradients(totals.perLabel(weights.heads()));
      group.sum(replica.gradient().tensor());
    }
    update.apply(replica, counsel.step(), counsel.epoch());
  }

  @Override
  public Map<String, float[]> optimizerState() {
    return update.state();
  }
}
