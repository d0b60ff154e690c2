package org.sparkmto.training;

import java.util.Arrays;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;

/**
 * One step of training on one rank: forward, what the method must see summed over the ranks, the
 * driver's weights, the combined gradient, the update. Every rank ends with the same parameters.
 */
final class Step {
  /** Rank 0's way to the aggregator. */
  interface Aggregator {
    StepAnswer weigh(StepReport report);
  }

  private final Replica replica;
  private final RankGroup group;
  private final GradientRoute route;
  private final Aggregator aggregator;
  private final ParameterUpdate update;

  Step(
      Replica replica,
      RankGroup group,
      GradientRoute route,
      Aggregator aggregator,
      ParameterUpdate update) {
    this.replica = replica;
    this.group = group;
    this.route = route;
    this.aggregator = aggregator;
    this.update = update;
  }

  /**
   * Makes the step.
   *
   * @param batch this rank's part of the global batch
   * @param step its number, from 0
   * @param epoch its epoch, from 0
   */
  void run(Batch batch, long step, long epoch) {
    try (ForwardPass pass = replica.forward(batch, route.cut())) {
      Seen seen = seen(pass);
      StepAnswer answer = answer(seen, step, epoch);
      route.combine(pass, seen.perLabel(answer.shared()), seen.perLabel(answer.heads()));
    }
    update.apply(replica, step, epoch);
  }

  /** Losses, label counts and Gram of the global batch: one message. */
  private Seen seen(ForwardPass pass) {
    double[] losses = pass.lossSums();
    double[] labelled = pass.labelled();
    double[] gram = route.gramPart(pass);
    int tasks = losses.length;
    double[] all = Arrays.copyOf(losses, 2 * tasks + gram.length);
    System.arraycopy(labelled, 0, all, tasks, tasks);
    System.arraycopy(gram, 0, all, 2 * tasks, gram.length);
    group.sum(all);
    return new Seen(
        Arrays.copyOfRange(all, 0, tasks),
        Arrays.copyOfRange(all, tasks, 2 * tasks),
        Arrays.copyOfRange(all, 2 * tasks, all.length));
  }

  private StepAnswer answer(Seen seen, long step, long epoch) {
    int tasks = seen.labelled.length;
    double[] weights = new double[2 * tasks];
    if (group.rank() == 0) {
      StepAnswer answer =
          aggregator.weigh(new StepReport(step, epoch, seen.meanLosses(), seen.meanGram()));
      System.arraycopy(answer.shared(), 0, weights, 0, tasks);
      System.arraycopy(answer.heads(), 0, weights, tasks, tasks);
    }
    group.broadcast(weights);
    return new StepAnswer(
        Arrays.copyOfRange(weights, 0, tasks), Arrays.copyOfRange(weights, tasks, 2 * tasks));
  }

  /** Sums over the global batch; a mean divides by the labels of all ranks, never of one. */
  private static final class Seen {
    private final double[] lossSums;
    private final double[] labelled;
    private final double[] gramOfSums;

    Seen(double[] lossSums, double[] labelled, double[] gramOfSums) {
      this.lossSums = lossSums;
      this.labelled = labelled;
      this.gramOfSums = gramOfSums;
    }

    double[] meanLosses() {
      double[] means = new double[labelled.length];
      for (int task = 0; task < means.length; task++) {
        // NaN says "no label"; a loss that is NaN itself has diverged and is told as infinite.
        double mean = lossSums[task] / labelled[task];
        boolean diverged = labelled[task] != 0 && Double.isNaN(mean);
        means[task] = diverged ? Double.POSITIVE_INFINITY : mean;
      }
      return means;
    }

    double[] meanGram() {
      double[] means = gramOfSums.clone();
      int tasks = labelled.length;
      for (int i = 0; i < means.length; i++) {
        double pair = labelled[i / tasks] * labelled[i % tasks];
        means[i] = pair == 0 ? 0 : means[i] / pair;
      }
      return means;
    }

    double[] perLabel(double[] weights) {
      double[] each = new double[weights.length];
      for (int task = 0; task < each.length; task++) {
        each[task] = labelled[task] == 0 ? 0 : weights[task] / labelled[task];
      }
      return each;
    }
  }
}
