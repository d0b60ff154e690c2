package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;

class SampleGroupsTest {

  @Property(tries = 100)
  void groupsOfOneSizeAreInEveryBatchEquallyOften(
      @ForAll @IntRange(min = 1, max = 20) int groups,
      @ForAll @IntRange(min = 1, max = 30) int size,
      @ForAll long seed) {
    int count = groups * size;
    byte[] of = new byte[count];
    for (int i = 0; i < count; i++) {
      of[i] = (byte) (i % groups);
    }
    SampleOrder order =
        SampleOrder.shuffled(layout(count), count, seed, 3, Optional.of(new SampleGroups(of)));
    long[] samples = order.samples(0);
    for (int batch = 0; batch < size; batch++) {
      assertThat(
              Arrays.stream(samples, batch * groups, (batch + 1) * groups)
                  .map(sample -> of[(int) sample])
                  .distinct()
                  .count())
          .isEqualTo(groups);
    }
    assertThat(LongStream.of(samples).sorted().boxed().toList())
        .isEqualTo(LongStream.range(0, count).boxed().toList());
  }

  @Property(tries = 200)
  void everyStretchHasNearlyItsShareOfEachGroup(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 40) Integer> sizes) {
    List<Byte> of = new ArrayList<>();
    for (int g = 0; g < sizes.size(); g++) {
      for (int i = 0; i < sizes.get(g); i++) {
        of.add((byte) g);
      }
    }
    byte[] groups = new byte[of.size()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = of.get(i);
    }
    long[] dealt = new SampleGroups(groups).dealt(LongStream.range(0, groups.length).toArray());
    for (int g = 0; g < sizes.size(); g++) {
      int seen = 0;
      for (int i = 0; i < dealt.length; i++) {
        seen += groups[(int) dealt[i]] == g ? 1 : 0;
        double share = (i + 1.0) * sizes.get(g) / dealt.length;
        // Within a group's half step, and one for each group that may come first.
        assertThat((double) seen).isCloseTo(share, within(1.0 + sizes.size() / 2.0));
      }
    }
  }

  @Test
  void withoutAGroupColumnNothingChanges() {
    long[] plain = SampleOrder.shuffled(layout(50), 50, 1, 2).samples(0);
    assertThat(SampleOrder.shuffled(layout(50), 50, 1, 2, Optional.empty()).samples(0))
        .isEqualTo(plain);
  }

  @Test
  void theOrderWithinAGroupIsStillTheRandomOne() {
    byte[] one = new byte[50];
    assertThat(
            SampleOrder.shuffled(layout(50), 50, 1, 2, Optional.of(new SampleGroups(one)))
                .samples(0))
        .isEqualTo(SampleOrder.shuffled(layout(50), 50, 1, 2).samples(0));
  }

  private static Layout layout(int rows) {
    ShardFile file = new ShardFile("split=train/x.parquet", 1, "00", List.of(rows));
    return Layout.of(new Split("train", List.of(file), Map.of().toString()));
  }
}
