package org.sparkmto.input;

import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A rank's share of a split, once and in manifest order, for evaluation. The ranks' shares are
 * contiguous, differ by at most one sample, and together are every sample once; a rank has none
 * when there are more ranks than samples.
 *
 * <p>A scan reads ahead on daemon threads of its own. {@link #next} is for one thread; {@link
 * #close} may be called by any.
 */
public final class SplitScan implements AutoCloseable {
  private final Batches batches;

  private SplitScan(Batches batches) {
    this.batches = batches;
  }

  /**
   * Starts reading.
   *
   * @param rank from 0 to {@code ranks - 1}
   * @param samplesPerBatch samples of a batch; the last may have fewer
   * @throws IllegalArgumentException if the rank does not exist, or a batch is empty or has a
   *     column of more than 2 GiB
   */
  public static SplitScan open(SplitSource source, int rank, int ranks, int samplesPerBatch) {
    if (ranks < 1 || rank < 0 || rank >= ranks) {
      throw new IllegalArgumentException("rank %d of %d does not exist".formatted(rank, ranks));
    }
    if (samplesPerBatch < 1) {
      throw new IllegalArgumentException("batches of " + samplesPerBatch + " samples");
    }
    source.checkBatch(samplesPerBatch);
    SampleOrder order = SampleOrder.sequential(source.layout());
    long from = share(source.rows(), rank, ranks);
    long to = share(source.rows(), rank + 1, ranks);
    long count = (to - from + samplesPerBatch - 1) / samplesPerBatch;
    // A scan meets every row group once, so there is nothing to cache.
    Buffering buffering = new Buffering(0, Buffering.DEFAULT.batchesAhead());
    return new SplitScan(
        Batches.start(
            "scan of split '%s', rank %d".formatted(source.split(), rank),
            source,
            buffering,
            Augmenter::none,
            epoch -> order,
            () ->
                LongStream.range(0, count)
                    .mapToObj(
                        b ->
                            new Part(
                                b,
                                0,
                                from + b * samplesPerBatch,
                                Math.min(from + (b + 1) * samplesPerBatch, to)))
                    .iterator()));
  }

  /**
   * The next batch, or nothing when the share is done; waits for it.
   *
   * @throws InputException if reading failed, now and at every later call, or the wait was
   *     interrupted
   * @throws IllegalStateException if the scan was closed, also while waiting
   */
  public Optional<RankBatch> next() {
    return batches.next();
  }

  /** Ends the threads, also those that wait for storage; a second call does nothing. */
  @Override
  public void close() {
    batches.close();
  }

  private static long share(long rows, int rank, int ranks) {
    return Math.multiplyExact(rows, (long) rank) / ranks;
  }
}
