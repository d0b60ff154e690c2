package org.sparkmto.input;

import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A rank's batches of a training run, in order and without end. The batch of a step is a function
 * of the source, the plan and the augmentation, so a stream opened at a later step continues as if
 * it had never stopped.
 *
 * <p>A stream reads ahead on daemon threads of its own. Its memory is at most the cache, this
 * rank's share of what two windows have outside the cache, one row group and the batches ahead.
 * {@link #next} is for one thread; {@link #close} may be called by any.
 */
public final class BatchStream implements AutoCloseable {
  private final Batches batches;
  private final long stepsPerEpoch;

  private BatchStream(Batches batches, long stepsPerEpoch) {
    this.batches = batches;
    this.stepsPerEpoch = stepsPerEpoch;
  }

  /** Starts reading; samples come as they are stored. */
  public static BatchStream open(
      SplitSource source, BatchPlan plan, Buffering buffering, long firstStep) {
    return open(source, plan, buffering, Augmentation.NONE, firstStep);
  }

  /**
   * Starts reading. If the data set has groups, those of the split's samples are read at once.
   *
   * @param augmentation of every sample, drawn by the plan's seed, the epoch and the sample's
   *     number
   * @param firstStep the step of the first batch, from 0
   * @throws IllegalArgumentException if the split is smaller than a global batch, the rank's part
   *     of a column exceeds 2 GiB, the columns cannot be augmented so, or the step is negative
   */
  public static BatchStream open(
      SplitSource source,
      BatchPlan plan,
      Buffering buffering,
      Augmentation augmentation,
      long firstStep) {
    long stepsPerEpoch = plan.stepsPerEpoch(source.rows());
    source.checkBatch(plan.largestPart());
    if (firstStep < 0) {
      throw new IllegalArgumentException("step " + firstStep + " does not exist");
    }
    Augmenter augmenter =
        Augmenter.of(augmentation, source.columnsRead(), source.manifest().tasks(), plan.seed());
    Layout layout = source.layout();
    Optional<SampleGroups> groups = SampleGroups.read(source);
    return new BatchStream(
        Batches.start(
            "split '%s', rank %d".formatted(source.split(), plan.rank()),
            source,
            buffering,
            augmenter,
            epoch -> SampleOrder.shuffled(layout, plan.windowRows(), plan.seed(), epoch, groups),
            () ->
                LongStream.iterate(firstStep, step -> step + 1)
                    .mapToObj(step -> plan.part(step, stepsPerEpoch))
                    .iterator()),
        stepsPerEpoch);
  }

  /** Steps of an epoch; step {@code t} belongs to epoch {@code t / stepsPerEpoch()}. */
  public long stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /**
   * The batch of the next step; waits for it.
   *
   * @throws InputException if reading failed, now and at every later call, or the wait was
   *     interrupted
   * @throws IllegalStateException if the stream was closed, also while waiting
   */
  public RankBatch next() {
    return batches.next().orElseThrow();
  }

  /** Ends the threads, also those that wait for storage; a second call does nothing. */
  @Override
  public void close() {
    batches.close();
  }

  boolean alive() {
    return batches.alive();
  }
}
