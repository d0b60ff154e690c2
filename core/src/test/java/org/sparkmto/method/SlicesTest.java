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
}
