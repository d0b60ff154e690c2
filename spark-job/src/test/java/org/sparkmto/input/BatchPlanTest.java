package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class BatchPlanTest {

  @Property
  void partsOfTheRanksAreContiguousAndEven(
      @ForAll @IntRange(min = 1, max = 100_000) int globalBatch,
      @ForAll @IntRange(min = 1, max = 64) int ranks,
      @ForAll @LongRange(min = 0, max = 1_000_000_000_000L) long more,
      @ForAll @LongRange(min = 0, max = 1_000_000_000L) long step) {
    Assume.that(globalBatch >= ranks);
    long rows = globalBatch + more;
    long stepsPerEpoch = new BatchPlan(globalBatch, 0, ranks, 1, 1).stepsPerEpoch(rows);
    long first = step % stepsPerEpoch * globalBatch;
    long position = first;
    for (int rank = 0; rank < ranks; rank++) {
      BatchPlan plan = new BatchPlan(globalBatch, rank, ranks, 1, 1);
      Part part = plan.part(step, stepsPerEpoch);
      assertThat(part.epoch()).isEqualTo(step / stepsPerEpoch);
      assertThat(part.from()).isEqualTo(position);
      assertThat(part.samples()).isBetween(globalBatch / ranks, plan.largestPart());
      position = part.to();
    }
    assertThat(position).isEqualTo(first + globalBatch).isLessThanOrEqualTo(rows);
  }
}
