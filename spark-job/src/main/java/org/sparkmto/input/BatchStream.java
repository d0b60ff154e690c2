package org.sparkmto.input;

import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.sparkmto.data.Column;

/**
 * A rank's batches of a training run, in order and without end. The batch of a step is a function
 * of the source, the plan and the augmentation, so a stream opened at a later step continues as if
 * it had never stopped.
 *
 * <p>A stream reads ahead on daemon threads of its own. Its memory is at most the cache, this
 * rank's share of what two windows have outside the cache, {@link RowGroups#AT_A_TIME} row groups
 * and the batches ahead. {@link #next} is for one thread; {@link #close} may be called by any.
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
    Supplier<Augmenter> augmenter =
        () ->
            Augmenter.of(
                augmentation, source.columnsRead(), source.manifest().tasks(), plan.seed());
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

  /**
   * What a stream takes of the Java heap at most, in bytes: rows that are kept, this rank's share
   * of two windows of others, row groups as they are stored and decoded, and batches.
   */
  public static long mostHeap(SplitSource source, BatchPlan plan, Buffering buffering) {
    Layout layout = source.layout();
    long row = source.columnsRead().stream().mapToLong(Column::bytes).sum();
    long all = row * source.rows();
    long kept = Math.min(buffering.cacheBytes(), all);
    long largest = row * layout.mostRows();
    long window = Math.min(Math.max(row * plan.windowRows(), largest), all - kept);
    long read = Math.min(RowGroups.AT_A_TIME * largest, all);
    // Those ahead, the one that is made and the one that is trained on.
    long batches = (buffering.batchesAhead() + 2L) * plan.largestPart() * row;
    return kept + 2 * ((window + plan.ranks() - 1) / plan.ranks()) + 2 * read + batches;
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
