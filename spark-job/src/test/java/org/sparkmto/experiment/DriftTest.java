package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DriftTest {

  /**
   * Slope as Python's statistics.linear_regression gives it; the textbook's error of it times
   * 2.306.
   */
  @Test
  void agreesWithLeastSquaresOnTenValues() {
    Drift drift = Drift.of(List.of(3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0));
    assertThat(drift.growth()).isZero();
    assertThat(drift.slope()).isCloseTo(0.2727272727272727, within(1e-9));
    assertThat(drift.uncertainty()).isCloseTo(0.6268092216381141, within(1e-9));
  }

  @Test
  void findsTheSlopeOfALineWhateverTheNumberOfValues() {
    for (int count : new int[] {3, 4, 10, 11, 97, 160}) {
      Drift drift = Drift.of(IntStream.range(0, count).mapToObj(i -> 5 + 0.25 * i).toList());
      assertThat(drift.growth()).isCloseTo(0.25 * (count - 1), within(1e-9));
      assertThat(drift.slope()).isCloseTo(0.25, within(1e-9));
      assertThat(drift.uncertainty()).isCloseTo(0, within(1e-9));
    }
  }

  /** 95 % of the intervals hold the true slope: of 1,000 from 921 to 979 within four deviations. */
  @Test
  void theIntervalHoldsTheSlopeAsOftenAsItSays() {
    SplittableRandom random = new SplittableRandom(3);
    int inside = 0;
    for (int trial = 0; trial < 1_000; trial++) {
      List<Double> values = new ArrayList<>();
      for (int step = 0; step < 160; step++) {
        values.add(0.01 * step + random.nextGaussian());
      }
      Drift drift = Drift.of(values);
      inside += Math.abs(drift.slope() - 0.01) < drift.uncertainty() ? 1 : 0;
    }
    assertThat(inside).isBetween(921, 979);
  }

  @Test
  void fewValuesHaveNoSlope() {
    assertThat(Drift.of(List.of()).growth()).isZero();
    Drift drift = Drift.of(List.of(2.0, 5.0));
    assertThat(drift.growth()).isEqualTo(3);
    assertThat(drift.slope()).isNaN();
    assertThat(drift.uncertainty()).isNaN();
  }
}
