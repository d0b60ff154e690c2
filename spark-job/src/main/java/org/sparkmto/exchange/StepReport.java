package org.sparkmto.exchange;

import java.util.Optional;
import java.util.function.Function;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;

/** What rank 0 tells the driver of a step, and asks with it. */
public sealed interface StepReport {

  /** Number of the step, from 0. */
  long step();

  /** The inner products of the gradients that the weights are asked for, where they were seen. */
  default Optional<SymmetricMatrix> gram() {
    return Optional.empty();
  }

  /** One case for each report. */
  <R> R map(
      Function<? super Observed, R> observed,
      Function<? super Updated, R> updated,
      Function<? super Clipped, R> clipped,
      Function<? super Looked, R> looked,
      Function<? super Analysed, R> analysed);

  /**
   * What was seen of a step whose weights are wanted.
   *
   * @param seen losses are means over the labelled samples of the global batch; NaN for a task
   *     without any
   */
  record Observed(Observation seen) implements StepReport {
    @Override
    public long step() {
      return seen.step();
    }

    @Override
    public Optional<SymmetricMatrix> gram() {
      return seen.gradients().gram();
    }

    @Override
    public <R> R map(
        Function<? super Observed, R> observed,
        Function<? super Updated, R> updated,
        Function<? super Clipped, R> clipped,
        Function<? super Looked, R> looked,
        Function<? super Analysed, R> analysed) {
      return observed.apply(this);
    }
  }

  /**
   * What the update of a step has done.
   *
   * @param losses of the same batch after the update
   */
  record Updated(long step, Vector losses) implements StepReport {
    @Override
    public <R> R map(
        Function<? super Observed, R> observed,
        Function<? super Updated, R> updated,
        Function<? super Clipped, R> clipped,
        Function<? super Looked, R> looked,
        Function<? super Analysed, R> analysed) {
      return updated.apply(this);
    }
  }

  /**
   * The combined gradient of a step was too long.
   *
   * @param norm its length before it was clipped
   */
  record Clipped(long step, double norm) implements StepReport {
    @Override
    public <R> R map(
        Function<? super Observed, R> observed,
        Function<? super Updated, R> updated,
        Function<? super Clipped, R> clipped,
        Function<? super Looked, R> looked,
        Function<? super Analysed, R> analysed) {
      return clipped.apply(this);
    }
  }

  /**
   * A look at the gradients of the step that will be told next, for the log alone.
   *
   * @param products their inner products, one row per task
   */
  record Looked(long step, SymmetricMatrix products) implements StepReport {
    @Override
    public <R> R map(
        Function<? super Observed, R> observed,
        Function<? super Updated, R> updated,
        Function<? super Clipped, R> clipped,
        Function<? super Looked, R> looked,
        Function<? super Analysed, R> analysed) {
      return looked.apply(this);
    }
  }

  /**
   * An analysis of the gradients of the step that was told last, for the log alone.
   *
   * @param epoch its epoch, from 0
   * @param sums over all shared parameters
   */
  record Analysed(long step, long epoch, GradientSums sums) implements StepReport {
    @Override
    public <R> R map(
        Function<? super Observed, R> observed,
        Function<? super Updated, R> updated,
        Function<? super Clipped, R> clipped,
        Function<? super Looked, R> looked,
        Function<? super Analysed, R> analysed) {
      return analysed.apply(this);
    }
  }
}
