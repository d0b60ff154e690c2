package org.sparkmto.training;

import java.util.List;
import java.util.Map;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;

/** Gram matrix at the parameters, exact, of all of them or of groups by themselves. */
final class ParameterRoute implements GradientRoute {
  private static final double[] NOTHING = {};

  private final List<List<ParameterGroups.Range>> groups;
  private final Replica replica;
  private final RankGroup group;
  private final ParameterUpdate update;
  private final GradientRows rows;

  /**
   * The route.
   *
   * @param groups weighed by themselves; empty for all parameters together
   */
  ParameterRoute(
      List<List<ParameterGroups.Range>> groups,
      Replica replica,
      RankGroup group,
      ParameterUpdate update) {
    this.groups = groups;
    this.replica = replica;
    this.group = group;
    this.update = update;
    this.rows = new GradientRows(replica, group, 1);
  }

  @Override
  public void step(Batch batch, Counsel counsel) {
    try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
      pass.backwardHeads();
      Totals totals = counsel.totals(pass);
      rows.fill(0, pass, totals.labelled());
      double[] losses = totals.meanLosses();
      StepAnswer weights;
      if (groups.isEmpty()) {
        weights = counsel.ask(losses, rows.gram());
        rows.combine(weights.shared());
      } else {
        int count = groups.size() * losses.length;
        weights = counsel.ask(0, losses, rows.gram(groups), NOTHING, count, 0);
        rows.combine(weights.shared(), groups);
      }
      HeadGradients.combine(replica, group, totals.perLabel(weights.heads()));
    }
    update.apply(replica, counsel.step(), counsel.epoch());
  }

  @Override
  public Map<String, float[]> optimizerState() {
    return update.state();
  }

  @Override
  public void close() {
    rows.close();
  }
}
