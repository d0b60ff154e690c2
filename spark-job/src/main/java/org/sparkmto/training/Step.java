package org.sparkmto.training;

import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;

/**
 * Steps of training on one rank: forward, what the method must see summed over the ranks, the
 * driver's weights, the combined gradient, the update. Every rank ends with the same parameters.
 * What differs between kinds of methods is in the {@link GradientRoute}.
 */
final class Step {
  /** Rank 0's way to the aggregator. */
  interface Aggregator {
    StepAnswer weigh(StepReport report);
  }

  private final RankGroup group;
  private final GradientRoute route;
  private final Aggregator aggregator;

  Step(RankGroup group, GradientRoute route, Aggregator aggregator) {
    this.group = group;
    this.route = route;
    this.aggregator = aggregator;
  }

  /**
   * Makes the step.
   *
   * @param batch this rank's part of the global batch
   * @param step its number, from 0
   * @param epoch its epoch, from 0
   */
  void run(Batch batch, long step, long epoch) {
    route.step(batch, new Counsel(group, aggregator, step, epoch));
  }
}
