package org.sparkmto.method;

/**
 * The parameters cut into one contiguous slice per rank, of lengths that differ by one at most.
 *
 * @param elements length of the whole vector
 * @param ranks number of slices
 */
public record Slices(long elements, int ranks) {
  /** Index of the first element of a rank's slice. */
  public long start(int rank) {
    return Math.multiplyExact(elements, (long) rank) / ranks;
  }

  /** Length of a rank's slice. */
  public long length(int rank) {
    return start(rank + 1) - start(rank);
  }
}
