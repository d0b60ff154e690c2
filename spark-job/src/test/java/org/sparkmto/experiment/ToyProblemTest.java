package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToyProblemTest {
  @ParameterizedTest
  @CsvSource({
    "-8.5, 7.5",
    "-8.5, -5",
    "9, 9",
    "-7.5, -0.5",
    "9, -1",
    "0.3, 0.2",
    "7, -8.355",
    "-3, 4",
    "6.5, 1",
    "2, -0.01"
  })
  void gradientsAreThoseOfTheLosses(double x1, double x2) {
    double h = 1e-6;
    ToyProblem.Step at = ToyProblem.at(new ToyPoint(x1, x2));
    ToyProblem.Step right = ToyProblem.at(new ToyPoint(x1 + h, x2));
    ToyProblem.Step left = ToyProblem.at(new ToyPoint(x1 - h, x2));
    ToyProblem.Step up = ToyProblem.at(new ToyPoint(x1, x2 + h));
    ToyProblem.Step down = ToyProblem.at(new ToyPoint(x1, x2 - h));
    // Central differences of values near 20 with h = 1e-6 have an error of about 1e-9.
    assertThat(at.gradient1().x1())
        .isCloseTo((right.loss1() - left.loss1()) / (2 * h), within(1e-7));
    assertThat(at.gradient1().x2()).isCloseTo((up.loss1() - down.loss1()) / (2 * h), within(1e-7));
    assertThat(at.gradient2().x1())
        .isCloseTo((right.loss2() - left.loss2()) / (2 * h), within(1e-7));
    assertThat(at.gradient2().x2()).isCloseTo((up.loss2() - down.loss2()) / (2 * h), within(1e-7));
  }

  @Test
  void theMeanLossIsLeastWhereItIsKnownToBe() {
    ToyProblem.Step best = ToyProblem.at(new ToyPoint(0, ToyProblem.FRONT));
    assertThat(best.mean()).isCloseTo(-15.0916384453, within(5e-11));
    ToyPoint sum = best.gradient1().plus(1, best.gradient2());
    assertThat(Math.hypot(sum.x1(), sum.x2())).isLessThan(1e-7); // the place is known to 9 decimals
  }

  @ParameterizedTest
  @CsvSource({"0.5, 0.5", "0.1, 0.9", "3, 1", "1, 0"})
  void aWeightedSumIsLeastWhereItsGradientIsZero(double weight1, double weight2) {
    ToyPoint best = ToyProblem.best(weight1, weight2);
    ToyProblem.Step at = ToyProblem.at(best);
    ToyPoint sum = at.gradient1().times(weight1).plus(weight2, at.gradient2());
    // A sum that is flat to 1e-16 of 20 hides its least place to 1e-7, where the slope is that,
    // too.
    assertThat(Math.hypot(sum.x1(), sum.x2())).isLessThan(1e-6);
    if (weight1 == weight2) {
      assertThat(best.distance(new ToyPoint(0, ToyProblem.FRONT))).isLessThan(1e-6);
    }
  }

  @Test
  void inThePitsOfTheLogarithmsThereIsNoGradientOfThem() {
    // Where 0.5 (-x1 - 7) = tanh(-x2), the first logarithm's argument is 0.
    double x2 = 30;
    ToyProblem.Step pit = ToyProblem.at(new ToyPoint(-5, x2));
    assertThat(pit.loss1()).isCloseTo(Math.log(5e-6) + 6, within(1e-9));
    assertThat(pit.gradient1().x1()).isZero();
    ToyProblem.Step beside = ToyProblem.at(new ToyPoint(-5 + 2.2e-5, x2));
    assertThat(Math.abs(beside.gradient1().x1())).isBetween(4e4, 5e4);
  }

  @Test
  void onTheBorderBothBlendsHaveTheirSlope() {
    // With c1 = c2 = 0, c1' = 0.5 and c2' = -0.5: dL1/dx2 = (f1 - q1) / 2.
    ToyProblem.Step border = ToyProblem.at(new ToyPoint(1, 0));
    double f1 = Math.log(4) + 6;
    double q1 = (36 + 6.4) / 10 - 20;
    assertThat(border.loss1()).isZero();
    assertThat(border.gradient1().x1()).isZero();
    assertThat(border.gradient1().x2()).isCloseTo((f1 - q1) / 2, within(1e-12));
  }
}
