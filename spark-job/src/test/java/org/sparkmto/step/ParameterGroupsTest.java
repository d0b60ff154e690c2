package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.method.LayerwiseMethod.Groups;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.step.ParameterGroups.Range;

class ParameterGroupsTest {
  private static final ParameterLayout LAYOUT = new TinyProblem(2, 4, 0).plan().layout();

  @ParameterizedTest
  @EnumSource(Groups.class)
  void groupsAreTheSharedParametersEachOnce(Groups groups) {
    List<Range> ranges = ParameterGroups.of(LAYOUT, groups).stream().flatMap(List::stream).toList();
    long[] elements =
        ranges.stream()
            .flatMapToLong(range -> java.util.stream.LongStream.range(range.from(), range.to()))
            .sorted()
            .toArray();
    assertThat(elements)
        .isEqualTo(IntStream.range(0, (int) LAYOUT.shared()).asLongStream().toArray());
  }

  @Test
  void aLayerIsWeightAndBiasAndATensorIsOneOfThem() {
    List<List<Range>> layers = ParameterGroups.of(LAYOUT, Groups.LAYER);
    List<List<Range>> tensors = ParameterGroups.of(LAYOUT, Groups.TENSOR);
    // Two convolutions and a linear layer, all with biases: 2x1x3x3 + 2, 4x2x3x3 + 4, 6x16 + 6.
    assertThat(layers.stream().map(ParameterGroupsTest::elements)).containsExactly(20L, 76L, 102L);
    assertThat(tensors.stream().map(ParameterGroupsTest::elements))
        .containsExactly(18L, 2L, 72L, 4L, 96L, 6L);
    assertThat(layers).allMatch(group -> group.size() == 2);
    assertThat(tensors).allMatch(group -> group.size() == 1);
  }

  @Test
  void onlyALayerwiseMethodHasSeveralGroups() {
    TinyProblem problem = new TinyProblem(2, 4, 0);
    assertThat(count(problem, "name = gradvac, per = layer")).isEqualTo(3);
    assertThat(count(problem, "name = gradvac, per = tensor")).isEqualTo(6);
    assertThat(count(problem, "name = gradvac")).isEqualTo(1);
    assertThat(count(problem, "name = ew")).isEqualTo(1);
  }

  private static int count(TinyProblem problem, String method) {
    return ParameterGroups.count(
        problem.configuration("method { " + method + " }").method().method(), LAYOUT);
  }

  private static long elements(List<Range> group) {
    return group.stream().mapToLong(Range::length).sum();
  }

  @Test
  void whatLiesWithinASliceIsNeverNegative() {
    Range range = new Range(10, 20);
    assertThat(range.within(0, 100)).isEqualTo(range);
    assertThat(range.within(15, 18)).isEqualTo(new Range(15, 18));
    assertThat(range.within(5, 12)).isEqualTo(new Range(10, 12));
    assertThat(range.within(18, 30)).isEqualTo(new Range(18, 20));
    for (long[] slice : new long[][] {{0, 10}, {0, 3}, {20, 30}, {25, 30}, {12, 12}}) {
      assertThat(range.within(slice[0], slice[1]).length()).isZero();
    }
  }
}
