package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EdgeMatchingTest {

  /** All ways to give partners, by recursion over the predicted pixels. */
  private static int largest(
      List<Integer> predicted, int next, boolean[] free, int width, double distance) {
    if (next == predicted.size()) {
      return 0;
    }
    int best = largest(predicted, next + 1, free, width, distance);
    int pixel = predicted.get(next);
    for (int other = 0; other < free.length; other++) {
      int down = pixel / width - other / width;
      int right = pixel % width - other % width;
      if (free[other] && Math.hypot(down, right) <= distance) {
        free[other] = false;
        best = Math.max(best, 1 + largest(predicted, next + 1, free, width, distance));
        free[other] = true;
      }
    }
    return best;
  }

  /** Up to six predicted pixels among up to nine true ones, offered in random order. */
  @Property(tries = 300)
  void everyPrefixIsMatchedAsWellAsBruteForceCan(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int width) {
    Random random = new Random(seed);
    int height = 2 + random.nextInt(4);
    double distance = 3 * random.nextDouble();
    List<Integer> pixels = new ArrayList<>();
    for (int pixel = 0; pixel < width * height; pixel++) {
      pixels.add(pixel);
    }
    Collections.shuffle(pixels, random);
    List<Integer> predicted = pixels.subList(0, Math.min(6, pixels.size()));
    boolean[] truth = new boolean[width * height];
    random.ints(9, 0, truth.length).forEach(pixel -> truth[pixel] = true);
    EdgeMatching matching = new EdgeMatching(truth, width, distance);
    int size = 0;
    for (int offered = 1; offered <= predicted.size(); offered++) {
      size += matching.offer(predicted.get(offered - 1)) ? 1 : 0;
      assertThat(size)
          .as("%d offered", offered)
          .isEqualTo(largest(predicted.subList(0, offered), 0, truth.clone(), width, distance));
    }
  }

  @Test
  void aPixelMovesOnForAnother() {
    // A line of 5: true at 1 and 3, the pixel at 2 may have either, the one at 0 only the first.
    boolean[] truth = {false, true, false, true, false};
    EdgeMatching matching = new EdgeMatching(truth, 5, 1);
    assertThat(matching.offer(2)).isTrue();
    assertThat(matching.offer(0)).isTrue();
    assertThat(matching.offer(1)).isFalse();
    assertThat(matching.offer(3)).isFalse();
    assertThat(matching.offer(4)).isFalse();
  }

  @Test
  void belowOnePixelOnlyTheSamePixelIsNear() {
    boolean[] truth = new boolean[9];
    Arrays.fill(truth, 0, 4, true);
    EdgeMatching matching = new EdgeMatching(truth, 3, 0.9);
    assertThat(matching.offer(4)).isFalse();
    assertThat(matching.offer(3)).isTrue();
  }

  /** Rows do not run into each other: the last pixel of one is far from the first of the next. */
  @Test
  void theBorderIsNotCrossed() {
    boolean[] truth = new boolean[20];
    truth[9] = true;
    assertThat(new EdgeMatching(truth, 10, 1.5).offer(10)).isFalse();
    assertThat(new EdgeMatching(truth, 10, 1.5).offer(18)).isTrue();
  }
}
