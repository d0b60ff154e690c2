package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;

class SampleOrderTest {

  @Property(tries = 200)
  void visitsEverySampleOnceWindowByWindow(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 40) Integer> groups,
      @ForAll @IntRange(min = 1, max = 100) int windowRows,
      @ForAll long seed,
      @ForAll @LongRange(min = 0, max = 1000) long epoch) {
    Layout layout = layout(groups);
    SampleOrder order = SampleOrder.shuffled(layout, windowRows, seed, epoch);
    List<Long> visited = new ArrayList<>();
    List<Integer> seen = new ArrayList<>();
    for (int w = 0; w < order.windows(); w++) {
      long[] samples = order.samples(w);
      assertThat(order.start(w)).isEqualTo(visited.size());
      assertThat(order.windowAt(order.start(w))).isEqualTo(w);
      assertThat(order.windowAt(order.start(w + 1) - 1)).isEqualTo(w);
      List<Integer> inWindow = LongStream.of(samples).mapToObj(layout::groupOf).distinct().toList();
      // Whole row groups, no more rows than allowed unless a single row group is larger.
      assertThat(inWindow.stream().mapToInt(layout::rows).sum()).isEqualTo(samples.length);
      assertThat(samples.length <= windowRows || inWindow.size() == 1).isTrue();
      seen.addAll(inWindow);
      LongStream.of(samples).forEach(visited::add);
    }
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(visited.stream().sorted().toList())
        .isEqualTo(LongStream.range(0, layout.samples()).boxed().toList());
  }

  @Property(tries = 50)
  void isAFunctionOfSeedAndEpoch(@ForAll long seed, @ForAll @IntRange(max = 100) int epoch) {
    Layout layout = layout(List.of(10, 10, 10, 10, 7));
    for (int window : new int[] {1, 20, 1000}) {
      long[] once = all(SampleOrder.shuffled(layout, window, seed, epoch));
      assertThat(all(SampleOrder.shuffled(layout, window, seed, epoch))).isEqualTo(once);
      // Two of 47! (or of 5! 10!^4 7!) orders: a collision would be a broken key.
      assertThat(all(SampleOrder.shuffled(layout, window, seed, epoch + 1))).isNotEqualTo(once);
      assertThat(all(SampleOrder.shuffled(layout, window, seed + 1, epoch))).isNotEqualTo(once);
    }
  }

  /**
   * In one window every sample is at every place equally often. 3,000 epochs of 12 samples: each
   * count is binomial with mean 250 and deviation 15.1; five deviations are exceeded by one of 144
   * counts with probability 1e-4, and the seed is fixed.
   */
  @Test
  void aSplitInOneWindowIsPermutedUniformly() {
    Layout layout = layout(List.of(5, 4, 3));
    int[][] counts = new int[12][12];
    for (int epoch = 0; epoch < 3000; epoch++) {
      long[] order = all(SampleOrder.shuffled(layout, 12, 7, epoch));
      for (int place = 0; place < 12; place++) {
        counts[place][(int) order[place]]++;
      }
    }
    for (int[] row : counts) {
      for (int count : row) {
        assertThat(count).isBetween(174, 326);
      }
    }
  }

  /** A run resumed by a later version must go on in the order it began with. */
  @Test
  void theOrderOfAKeyStaysForEver() {
    SampleOrder order = SampleOrder.shuffled(layout(List.of(3, 2, 3, 2)), 5, 42, 1);
    assertThat(all(order)).containsExactly(9, 2, 8, 0, 1, 3, 6, 5, 4, 7);
  }

  @Test
  void theSequentialOrderIsTheManifestsInWindowsOfOneRowGroup() {
    SampleOrder order = SampleOrder.sequential(layout(List.of(3, 1, 4)));
    assertThat(order.windows()).isEqualTo(3);
    assertThat(all(order)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  private static long[] all(SampleOrder order) {
    long[] samples = {};
    for (int w = 0; w < order.windows(); w++) {
      long[] window = order.samples(w);
      int filled = samples.length;
      samples = Arrays.copyOf(samples, filled + window.length);
      System.arraycopy(window, 0, samples, filled, window.length);
    }
    return samples;
  }

  private static Layout layout(List<Integer> groups) {
    List<ShardFile> files = new ArrayList<>();
    // Files of up to three row groups.
    for (int g = 0; g < groups.size(); g += 3) {
      files.add(new ShardFile("f" + g, 1, "00", groups.subList(g, Math.min(g + 3, groups.size()))));
    }
    return Layout.of(new Split("train", files, "00"));
  }
}
