package org.sparkmto.step;

import java.util.Arrays;
import java.util.function.Function;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.exchange.AggregatorLink;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.network.ForwardPass;

/**
 * What the ranks exchange over one step: what each knows is summed, rank 0 reports it to the
 * driver's aggregator, and the answer goes to all.
 */
public final class StepExchange {
  private final RankGroup group;
  private final AggregatorLink aggregator;
  private final long step;
  private final long epoch;
  private boolean toldOnly;
  private boolean last;
  private Vector shared = Vector.of();

  /**
   * The exchange of a step.
   *
   * @param aggregator rank 0's way to it
   */
  public StepExchange(RankGroup group, AggregatorLink aggregator, long step, long epoch) {
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

  /** Whether the driver wants no step after this one; the same on every rank. */
  boolean isLast() {
    return last;
  }

  /** The weights in the shared part that the driver answered last. */
  Vector sharedWeights() {
    return shared;
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

  /** The label counts of the global batch, for which no device is waited for. */
  double[] labelled(ForwardPass pass) {
    double[] labelled = pass.labelled();
    group.sum(labelled);
    return labelled;
  }

  /**
   * Weights of means as weights of sums, before the losses are known.
   *
   * @param labelled label counts of this rank; overwritten
   */
  double[] perLabel(Vector weights, double[] labelled) {
    group.sum(labelled);
    return Totals.perLabel(weights, labelled);
  }

  /**
   * The Gram matrix of the mean losses' gradients. A message of its own, so that the sums of the
   * losses are added up in the same order as without it.
   *
   * @param own of this rank's sums; overwritten
   */
  GradientSummary gram(Totals totals, double[] own) {
    group.sum(own);
    return new GradientSummary.Gram(totals.with(own).meanGram());
  }

  /** The weights for the losses of a batch and what is known of their gradients. */
  StepAnswer.Weights weights(Totals totals, GradientSummary gradients) {
    return weights(totals.meanLosses(), totals.labelled(), gradients);
  }

  /** The weights for losses, their label counts and what is known of their gradients. */
  public StepAnswer.Weights weights(double[] losses, double[] labelled, GradientSummary gradients) {
    int tasks = losses.length;
    int blocks = gradients.weightsPerTask();
    double[] numbers = new double[(blocks + 1) * tasks];
    ask(
        observed(losses, labelled, gradients),
        answer -> answer.map(weights -> weights, averages -> null, noted -> null),
        numbers);
    StepAnswer.Weights weights = StepAnswer.Weights.of(tasks, blocks, numbers);
    shared = weights.shared();
    return weights;
  }

  /**
   * The same where every rank knows the weights: the driver hears of the step while the ranks go
   * on, and answers before {@link #finish}.
   *
   * @param known the weights of what was seen
   */
  StepAnswer.Weights weights(
      Totals totals, GradientSummary gradients, Function<Observation, StepAnswer.Weights> known) {
    Observation seen = observation(totals.meanLosses(), totals.labelled(), gradients);
    tell(new StepReport.Observed(seen));
    toldOnly = true;
    StepAnswer.Weights weights = known.apply(seen);
    shared = weights.shared();
    return weights;
  }

  /** How averages take up the gradients of a batch, and the weights of the result. */
  StepAnswer.AverageWeights averageWeights(Totals totals, GradientSummary.AverageGram gradients) {
    double[] losses = totals.meanLosses();
    double[] numbers = new double[4 * losses.length];
    ask(
        observed(losses, totals.labelled(), gradients),
        answer -> answer.map(weights -> null, averages -> averages, noted -> null),
        numbers);
    StepAnswer.AverageWeights answer = StepAnswer.AverageWeights.of(losses.length, numbers);
    shared = answer.weights().shared();
    return answer;
  }

  /** Tells the losses of the batch after the update. */
  void updated(Totals after) {
    ask(
        new StepReport.Updated(step, Vector.of(after.meanLosses())),
        answer -> answer.map(weights -> null, averages -> null, noted -> noted),
        new double[0]);
  }

  /** Tells that the combined gradient was shortened, and how long it was. */
  void clipped(double norm) {
    tell(new StepReport.Clipped(step, norm));
  }

  /** Tells of the gradients of this step, before it is told itself. */
  void looked(SymmetricMatrix products) {
    ask(
        new StepReport.Looked(step, products),
        answer -> answer.map(weights -> null, averages -> null, noted -> noted),
        new double[0]);
  }

  /**
   * Waits until the driver has answered all that it was told; then everybody knows whether to go
   * on. To be the last thing in a step.
   */
  void finish() {
    if (group.rank() == 0) {
      aggregator.settle();
    }
    if (toldOnly) {
      double[] flag = {aggregator.stops() ? 1 : 0};
      group.broadcast(flag);
      last = flag[0] == 1;
    }
  }

  /** Tells what the gradients of this step have to do with each other, after the step. */
  void analysed(GradientSums sums) {
    tell(new StepReport.Analysed(step, epoch, sums));
  }

  private StepReport observed(double[] losses, double[] labelled, GradientSummary gradients) {
    return new StepReport.Observed(observation(losses, labelled, gradients));
  }

  private Observation observation(double[] losses, double[] labelled, GradientSummary gradients) {
    return new Observation(
        step, Math.toIntExact(epoch), Vector.of(losses), Vector.of(labelled), gradients);
  }

  private void tell(StepReport report) {
    if (group.rank() == 0) {
      aggregator.tell(report);
    }
  }

  /** Rank 0 asks, and everybody has the numbers of the answer, and knows whether to go on. */
  private void ask(StepReport report, Function<StepAnswer, StepAnswer> expected, double[] numbers) {
    if (group.rank() == 0) {
      StepAnswer answer = aggregator.ask(report);
      StepAnswer fitting = expected.apply(answer);
      if (fitting == null || fitting.numbers().length != numbers.length) {
        throw new IllegalStateException(
            "step " + step + ": the aggregator answered " + answer + " to " + report);
      }
      System.arraycopy(fitting.numbers(), 0, numbers, 0, numbers.length);
    }
    if (numbers.length > 0) {
      double[] all = Arrays.copyOf(numbers, numbers.length + 1);
      all[numbers.length] = aggregator.stops() ? 1 : 0;
      group.broadcast(all);
      System.arraycopy(all, 0, numbers, 0, numbers.length);
      last |= all[numbers.length] == 1;
    }
  }
}
