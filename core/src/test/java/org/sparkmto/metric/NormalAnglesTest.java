package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NormalAnglesTest {

  @Test
  void withoutAngleThereIsNoValueAndAZeroPredictionShows() {
    NormalAngles metric = new NormalAngles(NormalAngles.Valid.LENGTH);
    double[] sums = new double[metric.sums()];
    assertThat(metric.mean(sums)).isNaN();
    assertThat(Median.of(new double[0])).isNaN();
    assertThat(metric.angles(new double[3], new double[] {0, 0, 1})[0]).isNaN();
    assertThat(metric.angles(new double[] {0, 0, 9}, new double[3])).isEmpty();
    assertThatThrownBy(() -> metric.within(sums, 45)).hasMessageContaining("45");
    assertThatThrownBy(() -> metric.angles(new double[4], new double[4]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
    assertThat(Median.of(new double[] {9, 1, 4, 2})).isEqualTo(3);
    assertThat(Median.of(new double[] {9, 1, 4})).isEqualTo(4);
  }

  /** Up to 200 angles of at most 180 degrees, and their squares, in another order. */
  @Property(tries = 100)
  void partsAddUpToTheWhole(@ForAll long seed) {
    Random random = new Random(seed);
    double[] angles = random.doubles(1 + random.nextInt(200), 0, 180).toArray();
    NormalAngles metric = new NormalAngles(NormalAngles.Valid.LENGTH);
    double[] whole = new double[metric.sums()];
    metric.add(whole, angles);
    double[] parts =
        Partitions.sums(
            metric.sums(),
            angles.length,
            seed,
            (sums, from, to) -> metric.add(sums, Arrays.copyOfRange(angles, from, to)));
    assertThat(parts).containsExactly(whole, within(1e-7));
  }
}
