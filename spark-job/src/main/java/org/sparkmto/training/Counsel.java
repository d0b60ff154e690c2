package org.sparkmto.training;

import java.util.Arrays;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.network.ForwardPass;

/**
 * The ranks in counsel over one step: what each knows is summed, rank 0 reports it to the driver's
 * aggregator, and the answer goes to all.
 */
final class Counsel {
  private static final double[] NOTHING = {};

  private final RankGroup group;
  private final Step.Aggregator aggregator;
  private final long step;
  private final long epoch;

  Counsel(RankGroup group, Step.Aggregator aggregator, long step, long epoch) {
    this.group = group;
    this.aggregator = aggregator;
    this.step = step;
    this.epoch = epoch;
  }

  long step() {
    return step;
  }

  long epoch() {
    return epoch;
  }

  /** Losses and label counts of the global batch, and what adds up beside them: one message. */
  Totals totals(ForwardPass pass, double... more) {
    double[] losses = pass.lossSums();
    double[] labelled = pass.labelled();
    int tasks = losses.length;
    double[] all = Arrays.copyOf(losses, 2 * tasks + more.length);
    System.arraycopy(labelled, 0, all, tasks, tasks);
    System.arraycopy(more, 0, all, 2 * tasks, more.length);
    group.sum(all);
    return Totals.of(all, tasks);
  }

  /** The weights for losses alone. */
  StepAnswer ask(double[] losses) {
    return ask(0, losses, NOTHING, NOTHING, losses.length, 0);
  }

  /** The weights for losses and a Gram matrix. */
  StepAnswer ask(double[] losses, double[] gram) {
    return ask(0, losses, gram, NOTHING, losses.length, 0);
  }

  /**
   * One question.
   *
   * @param phase its number within the step
   * @param losses mean losses
   * @param shared how many weights of the shared part are expected
   * @param blend how many numbers are expected for running averages
   */
  StepAnswer ask(
      int phase, double[] losses, double[] gram, double[] figures, int shared, int blend) {
    int tasks = losses.length;
    double[] weights = new double[shared + tasks + blend];
    if (group.rank() == 0) {
      StepAnswer answer =
          aggregator.weigh(new StepReport(step, epoch, phase, losses, gram, figures));
      System.arraycopy(answer.shared(), 0, weights, 0, shared);
      System.arraycopy(answer.heads(), 0, weights, shared, tasks);
      System.arraycopy(answer.blend(), 0, weights, shared + tasks, blend);
    }
    group.broadcast(weights);
    return new StepAnswer(
        Arrays.copyOfRange(weights, 0, shared),
        Arrays.copyOfRange(weights, shared, shared + tasks),
        Arrays.copyOfRange(weights, shared + tasks, weights.length));
  }
}
