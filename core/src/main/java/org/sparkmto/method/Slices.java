package org.sparkmto.method;

/**
 * The parameters cut into one contiguous slice per rank, of lengths that differ by one at most; or
 * a piece of them, of which a rank has what lies in its slice.
 *
 * @param all length of the whole vector
 * @param ranks number of slices
 * @param from index of the piece's first element
 * @param to index of the element behind its last
 */
public record Slices(long all, int ranks, long from, long to) {
  /** Slices of the whole vector. */
  public Slices(long elements, int ranks) {
    this(elements, ranks, 0, elements);
  }

  /** Elements {@code from} to {@code to - 1} of a whole vector, cut where that is cut. */
  public Slices piece(long from, long to) {
    return new Slices(all, ranks, from, to);
  }

  /** Length of what is cut: the whole vector, or the piece. */
  public long elements() {
    return to - from;
  }

  /** Index of the first element of a rank's slice, in what is cut. */
  public long start(int rank) {
    long start = Math.multiplyExact(all, (long) rank) / ranks;
    return Math.min(Math.max(start, from), to) - from;
  }

  /** Length of a rank's slice. */
  public long length(int rank) {
    return start(rank + 1) - start(rank);
  }
}
