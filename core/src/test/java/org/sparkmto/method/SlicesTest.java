package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class SlicesTest {
  @Property
  void slicesCoverTheVectorInOrderAndDifferByOneAtMost(
      @ForAll @LongRange(max = 1L << 40) long elements,
      @ForAll @IntRange(min = 1, max = 512) int ranks) {
    Slices slices = new Slices(elements, ranks);
    long end = 0;
    for (int rank = 0; rank < ranks; rank++) {
      assertThat(slices.start(rank)).isEqualTo(end);
      assertThat(slices.length(rank)).isBetween(elements / ranks, (elements + ranks - 1) / ranks);
      end += slices.length(rank);
    }
    assertThat(end).isEqualTo(elements);
  }

  @Property
  void ofAPieceEveryRankHasWhatLiesInItsSlice(
      @ForAll @IntRange(max = 60) int elements,
      @ForAll @IntRange(min = 1, max = 9) int ranks,
      @ForAll @IntRange(max = 60) int one,
      @ForAll @IntRange(max = 60) int other) {
    int from = Math.min(elements, Math.min(one, other));
    int to = Math.min(elements, Math.max(one, other));
    Slices whole = new Slices(elements, ranks);
    Slices piece = whole.piece(from, to);
    assertThat(piece.elements()).isEqualTo(to - from);
    long end = 0;
    for (int rank = 0; rank < ranks; rank++) {
      assertThat(piece.start(rank)).isEqualTo(end);
      end += piece.length(rank);
      for (long at = piece.start(rank); at < end; at++) {
        assertThat(from + at)
            .isBetween(whole.start(rank), whole.start(rank) + whole.length(rank) - 1);
      }
    }
    assertThat(end).isEqualTo(piece.elements());
  }
}
