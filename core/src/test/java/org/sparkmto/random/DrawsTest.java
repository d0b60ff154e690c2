package org.sparkmto.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrawsTest {
  private static final int N = 100_000;

  @Test
  void valuesNeverChange() {
    // A second implementation, of integers without bound in Python, gave these numbers.
    assertThat(Draws.of(0).bits(0)).isEqualTo(-6411193824288604561L);
    assertThat(Draws.of(42).at(7).of("rank").bits(3)).isEqualTo(481286334162689404L);
    assertThat(Draws.of(42).of("000001.jpg").below(1000, 5)).isEqualTo(863);
    assertThat(Draws.of(1).permutation(8)).containsExactly(2, 5, 0, 3, 7, 6, 4, 1);
  }

  @Test
  void drawsDependOnTheKeyAlone() {
    Draws draws = Draws.of(5).at(3).of("mask");
    double later = draws.uniform(9);
    draws.uniform(0);
    assertThat(draws.uniform(9)).isEqualTo(later);
    assertThat(Draws.of(5).at(3).of("mask").uniform(9)).isEqualTo(later);
  }

  @Test
  void childrenDoNotRepeatEachOther() {
    Set<Long> seen = new HashSet<>();
    for (int seed = 0; seed < 10; seed++) {
      for (int step = 0; step < 100; step++) {
        for (String purpose : new String[] {"a", "b", "ab", "ba"}) {
          for (int index = 0; index < 10; index++) {
            seen.add(Draws.of(seed).at(step).of(purpose).bits(index));
          }
        }
      }
    }
    assertThat(seen).hasSize(10 * 100 * 4 * 10);
  }

  @Test
  void seedAndStepAreNotInterchangeable() {
    assertThat(Draws.of(3).at(5).bits(0)).isNotEqualTo(Draws.of(5).at(3).bits(0));
    assertThat(Draws.of(3).at(3).bits(0)).isNotEqualTo(Draws.of(4).at(4).bits(0));
    assertThat(Draws.of(1).at(3).at(5).bits(0)).isNotEqualTo(Draws.of(1).at(5).at(3).bits(0));
  }

  @Test
  void uniformsFillTheIntervalEvenly() {
    Draws draws = Draws.of(11);
    double sum = 0;
    int[] bins = new int[20];
    for (int i = 0; i < N; i++) {
      double u = draws.uniform(i);
      assertThat(u).isGreaterThanOrEqualTo(0).isLessThan(1);
      sum += u;
      bins[(int) (u * bins.length)]++;
    }
    // Five standard errors of the mean of a uniform: 5 / sqrt(12 N).
    assertThat(sum / N).isCloseTo(0.5, within(5 / Math.sqrt(12.0 * N)));
    // 19 degrees of freedom: 43.8 is passed by chance once in a thousand seeds.
    assertThat(chiSquare(bins, N)).isLessThan(43.8);
  }

  @Test
  void neighbouringIndicesAreUncorrelated() {
    Draws draws = Draws.of(12);
    double product = 0;
    for (int i = 0; i < N; i++) {
      product += (draws.uniform(i) - 0.5) * (draws.uniform(i + 1L) - 0.5);
    }
    assertThat(product / N * 12).isCloseTo(0, within(5 / Math.sqrt(N)));
  }

  @Test
  void normalsHaveTheMomentsOfTheStandardNormal() {
    Draws draws = Draws.of(13);
    double[] moments = new double[5];
    for (int i = 0; i < N; i++) {
      double z = draws.normal(i);
      for (int k = 1; k <= 4; k++) {
        moments[k] += Math.pow(z, k) / N;
      }
    }
    // Five standard errors; the variances of z, z^2, z^3, z^4 are 1, 2, 15, 96.
    assertThat(moments[1]).isCloseTo(0, within(5 * Math.sqrt(1.0 / N)));
    assertThat(moments[2]).isCloseTo(1, within(5 * Math.sqrt(2.0 / N)));
    assertThat(moments[3]).isCloseTo(0, within(5 * Math.sqrt(15.0 / N)));
    assertThat(moments[4]).isCloseTo(3, within(5 * Math.sqrt(96.0 / N)));
  }

  @Test
  void belowStaysBelowAndIsEven() {
    Draws draws = Draws.of(14);
    int[] counts = new int[7];
    for (int i = 0; i < N; i++) {
      counts[draws.below(7, i)]++;
    }
    assertThat(chiSquare(counts, N)).isLessThan(22.5); // 6 degrees of freedom, one in a thousand
    boolean upperHalf = false;
    for (int i = 0; i < 100; i++) {
      int value = draws.below(Integer.MAX_VALUE, i);
      assertThat(value).isNotNegative();
      upperHalf |= value > Integer.MAX_VALUE / 2;
      assertThat(draws.below(1, i)).isZero();
    }
    assertThat(upperHalf).isTrue();
    assertThatThrownBy(() -> draws.below(0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bound 0");
  }

  @Test
  void permutationsAreUniform() {
    Map<String, Integer> counts = new HashMap<>();
    int rounds = 24_000;
    for (int i = 0; i < rounds; i++) {
      counts.merge(Arrays.toString(Draws.of(15).at(i).permutation(4)), 1, Integer::sum);
    }
    assertThat(counts).hasSize(24);
    int[] bins = counts.values().stream().mapToInt(Integer::intValue).toArray();
    assertThat(chiSquare(bins, rounds)).isLessThan(49.7); // 23 degrees, one in a thousand
  }

  @Test
  void aPermutationHoldsEveryNumberOnce() {
    int[] order = Draws.of(16).permutation(1000);
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      assertThat(sorted[i]).isEqualTo(i);
    }
    assertThat(order).isNotEqualTo(sorted);
    assertThat(Draws.of(16).permutation(0)).isEmpty();
  }

  private static double chiSquare(int[] counts, int total) {
    double expected = (double) total / counts.length;
    return Arrays.stream(counts).mapToDouble(c -> (c - expected) * (c - expected)).sum() / expected;
  }
}
