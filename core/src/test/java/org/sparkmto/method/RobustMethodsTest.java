package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.sparkmto.elementwise.DoubleVector;

/** Krum and the trimmed mean, which tasks that are far from the others do not move. */
class RobustMethodsTest {
  private static Vector krum(Map<String, ?> options, double[]... gradients) {
    return Systems.weigh(
            Methods.byName("krum", options).method(), gradients, Vector.ones(gradients.length))
        .shared();
  }

  /** Points on a line: 0, 1, 3 and, far away, 100. */
  @Test
  void theGradientWithTheNearestNeighboursIsSelected() {
    double[][] line = {{1, 0}, {1, 1}, {1, 3}, {1, 100}};
    // One may be wrong: one neighbour each, at distances 1, 1, 2, 97. The first two tie.
    assertThat(krum(Map.of("outliers", 1), line)).isEqualTo(Vector.of(0.5, 0.5, 0, 0));
    // None may be wrong: two neighbours each, 1 + 3, 1 + 2, 2 + 3, 97 + 99.
    assertThat(krum(Map.of("outliers", 0), line)).isEqualTo(Vector.of(0, 1, 0, 0));
    assertThat(krum(Map.of("outliers", 0, "selected", 2), line))
        .isEqualTo(Vector.of(0.5, 0.5, 0, 0));
    assertEachClose(
        krum(Map.of("outliers", 0, "selected", 3), line),
        Vector.of(1 / 3.0, 1 / 3.0, 1 / 3.0, 0),
        1e-15);
    // Usually (K - 3) / 2 of four tasks may be wrong, which is none.
    assertThat(krum(Map.of(), line)).isEqualTo(Vector.of(0, 1, 0, 0));
  }

  @Test
  void withoutNeighboursKrumIsTheMean() {
    assertThat(krum(Map.of(), new double[] {1, 2}, new double[] {-5, 100}))
        .isEqualTo(Vector.of(0.5, 0.5));
    assertThat(krum(Map.of(), new double[] {1, 2})).isEqualTo(Vector.of(1));
  }

  /** Independent: by sorting the values of every element. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void theMiddleOfEveryElementIsAveraged(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int tasks, @ForAll long draw) {
    int trim = (int) Math.floorMod(draw, (long) (tasks + 1) / 2);
    double[][] gradients = Systems.random(seed, tasks, 9, 12);
    double[] update = trimmedMean(Map.of("trim", trim), Vector.ones(tasks), gradients);
    for (int p = 0; p < update.length; p++) {
      int place = p;
      double[] sorted = Arrays.stream(gradients).mapToDouble(g -> g[place]).sorted().toArray();
      double[] middle = Arrays.copyOfRange(sorted, trim, tasks - trim);
      double mean = Arrays.stream(middle).average().orElseThrow();
      double rounding = 1e-14 * Arrays.stream(middle).map(Math::abs).max().orElseThrow();
      assertThat(Math.abs(update[p] - mean)).isLessThanOrEqualTo(rounding);
    }
  }

  /** What a sum of all, less the extreme, would lose. */
  @Test
  void anExtremeValueTakesNoDigitsFromTheOthers() {
    double[][] gradients = {{0.1}, {1e30}, {0.3}, {-1e30}, {0.2}};
    assertThat(trimmedMean(Map.of(), Vector.ones(5), gradients))
        .containsExactly(new double[] {0.2}, offset(1e-16));
  }

  /** A task with weight 0 had no labels; two that are left are not trimmed. */
  @Test
  void tasksWithoutLabelsAreNotCounted() {
    double[][] gradients = {{1, 4}, {3, 0}, {0, 0}, {0, 0}};
    assertThat(trimmedMean(Map.of(), Vector.of(0.5, 0.5, 0, 0), gradients)).containsExactly(2, 2);
    assertThat(trimmedMean(Map.of(), Vector.of(0.5, 0.5, 0.5, 0), gradients)).containsExactly(1, 0);
  }

  private static double[] trimmedMean(
      Map<String, ?> options, Vector weights, double[][] gradients) {
    double[] into = new double[gradients[0].length];
    ((ElementMethod) Methods.byName("trimmed-mean", options).method())
        .combine(
            new Elements<>(DoubleVector.over(gradients), Map.of(), 0, null),
            weights,
            DoubleVector.over(into));
    return into;
  }

  @Test
  void whatNeedsMoreTasksIsRefused() {
    List<String> four = IntStream.range(0, 4).mapToObj(k -> "task-" + k).toList();
    assertThatThrownBy(
            () -> Methods.byName("krum", Map.of("outliers", 2)).method().requireTasks(four))
        .hasMessage("option 'outliers' is 2, which needs 5 tasks, the run has 4 tasks");
    assertThatThrownBy(
            () -> Methods.byName("trimmed-mean", Map.of("trim", 2)).method().requireTasks(four))
        .hasMessage("option 'trim' is 2, which needs 5 tasks, the run has 4 tasks");
  }
}
