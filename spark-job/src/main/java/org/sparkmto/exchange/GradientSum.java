package org.sparkmto.exchange;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The sum of a gradient over all ranks, piece by piece from its end on, as a backward pass finds
 * it: a piece travels while the pass goes on. Pieces are the same ones whatever was found when, and
 * begin in the same order on every rank.
 */
public final class GradientSum {
  /** Elements of a piece: so many that what a message costs besides is little. */
  private static final int PIECE = 1 << 20;

  private final RankGroup group;
  private final Tensor vector;
  private final long from;
  private final long to;
  private final int each;
  private final long[] missing;
  private final List<Underway> underway = new ArrayList<>();
  private int next;

  /**
   * The sum of some elements of a vector, of which nothing has been found.
   *
   * @param vector contiguous floats; borrowed until the end
   * @param from index of the first of them
   * @param to index of the one behind the last
   */
  public GradientSum(RankGroup group, Tensor vector, long from, long to) {
    this(group, vector, from, to, PIECE);
  }

  /** The same in pieces of so many elements. */
  GradientSum(RankGroup group, Tensor vector, long from, long to, int piece) {
    this.group = group;
    this.each = piece;
    this.vector = vector;
    this.from = from;
    this.to = to;
    this.missing = new long[Math.toIntExact((to - from + each - 1) / each)];
    for (int at = 0; at < missing.length; at++) {
      missing[at] = length(at);
    }
    this.next = missing.length - 1;
  }

  private long first(int piece) {
    return from + (long) piece * each;
  }

  private long length(int piece) {
    return Math.min(each, to - first(piece));
  }

  /** Hears that some elements of the vector are this rank's now; of each once, in any order. */
  public void found(long first, long end) {
    for (long at = Math.max(first, from); at < end; ) {
      int piece = (int) ((at - from) / each);
      long upTo = Math.min(end, first(piece) + each);
      missing[piece] -= upTo - at;
      at = upTo;
    }
    while (next >= 0 && missing[next] == 0) {
      begin();
    }
  }

  private void begin() {
    try (PointerScope scope = new PointerScope()) {
      underway.add(group.beginSum(vector.narrow(0, first(next), length(next))));
    }
    next--;
  }

  /** Begins what has not begun, found by now, and waits until all is summed. */
  public void end() {
    while (next >= 0) {
      begin();
    }
    underway.forEach(Underway::end);
    underway.clear();
  }
}
