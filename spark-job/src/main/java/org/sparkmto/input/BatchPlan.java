package org.sparkmto.input;

import org.sparkmto.naming.Counted;

/**
 * Which samples a rank trains on at which step. Batch {@code b} of an epoch consists of positions
 * {@code b * globalBatch} to {@code (b + 1) * globalBatch - 1} of the epoch's order, whatever the
 * number of ranks; the ranks share it in contiguous parts that differ by at most one sample. What
 * is left at the end of an epoch and fills no batch is not visited in that epoch; the next epoch
 * leaves out others.
 *
 * @param globalBatch samples of a step over all ranks, at least one for each rank
 * @param rank from 0 to {@code ranks - 1}
 * @param ranks how many ranks share a batch
 * @param seed of the order and of what augmentation draws
 * @param windowRows rows that are permuted among each other. The larger, the closer to a uniform
 *     permutation; a rank holds its share of up to two windows in memory
 */
public record BatchPlan(int globalBatch, int rank, int ranks, long seed, int windowRows) {

  /** A window that holds small data sets whole, and of 100 KB samples 1.6 GB over all ranks. */
  public static final int DEFAULT_WINDOW_ROWS = 16_384;

  public BatchPlan {
    if (ranks < 1 || rank < 0 || rank >= ranks) {
      throw new IllegalArgumentException("rank %d of %d does not exist".formatted(rank, ranks));
    }
    if (globalBatch < ranks) {
      throw new IllegalArgumentException(
          "a global batch of %s leaves some of the %d ranks without any; enlarge the batch"
              .formatted(Counted.of(globalBatch, "sample"), ranks));
    }
    if (windowRows < 1) {
      throw new IllegalArgumentException("a window of " + windowRows + " rows is empty");
    }
  }

  /**
   * Steps of an epoch over a split.
   *
   * @param rows rows of the split
   * @throws IllegalArgumentException if the split is smaller than a batch
   */
  public long stepsPerEpoch(long rows) {
    if (globalBatch > rows) {
      throw new IllegalArgumentException(
          "a global batch of %s is larger than the split, which has %d; reduce the batch"
              .formatted(Counted.of(globalBatch, "sample"), rows));
    }
    return rows / globalBatch;
  }

  /** The most samples that this rank has in a batch. */
  int largestPart() {
    return (int) ((globalBatch + ranks - 1L) / ranks);
  }

  Part part(long step, long stepsPerEpoch) {
    long first = step % stepsPerEpoch * globalBatch;
    return new Part(
        step,
        step / stepsPerEpoch,
        first + (long) rank * globalBatch / ranks,
        first + (rank + 1L) * globalBatch / ranks);
  }
}
