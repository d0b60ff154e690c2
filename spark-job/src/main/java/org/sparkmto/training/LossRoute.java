package org.sparkmto.training;

import java.util.Map;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.LossMethod;
import org.sparkmto.method.SecondLook;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;

/** Methods that see losses at most: one backward of the weighted sum. */
final class LossRoute implements GradientRoute {
  private final boolean looksAgain;
  private final Replica replica;
  private final RankGroup group;
  private final ParameterUpdate update;

  LossRoute(LossMethod method, Replica replica, RankGroup group, ParameterUpdate update) {
    this.looksAgain = method instanceof SecondLook;
    this.replica = replica;
    this.group = group;
    this.update = update;
  }

  @Override
  public void step(Batch batch, Counsel counsel) {
    try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      Totals totals = counsel.totals(pass);
      StepAnswer weights = counsel.ask(totals.meanLosses());
      pass.backward(totals.perLabel(weights.shared()), totals.perLabel(weights.heads()));
      group.sum(replica.gradient().tensor());
    }
    update.apply(replica, counsel.step(), counsel.epoch());
    if (looksAgain) {
      try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
        double[] losses = counsel.totals(pass).meanLosses();
        counsel.ask(1, losses, new double[0], new double[0], 0, 0);
      }
    }
  }

  @Override
  public Map<String, float[]> optimizerState() {
    return update.state();
  }
}
