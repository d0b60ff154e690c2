package org.sparkmto.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SquashedGaussianTest {
  private static final double STEP = 1e-6;

  @Test
  void itsDensityIsOneOverAllActions() {
    double mean = 0.4;
    double spread = 0.3;
    double all = 0;
    double first = 0;
    double before = -1;
    double beforeDensity = 0;
    // The trapezium rule over the actions that noise from -9 to 9 makes.
    for (double noise = -9; noise <= 9; noise += 0.001) {
      SquashedGaussian at = new SquashedGaussian(mean, spread, noise);
      double density = Math.exp(at.logDensity());
      double width = at.action() - before;
      all += width * (density + beforeDensity) / 2;
      first += width * (density * at.action() + beforeDensity * before) / 2;
      before = at.action();
      beforeDensity = density;
    }
    assertThat(all).isCloseTo(1, within(1e-6));
    // The mean action, by the same rule over the noise itself.
    double expected = 0;
    for (double noise = -9; noise <= 9; noise += 0.001) {
      double weight = Math.exp(-noise * noise / 2) / Math.sqrt(2 * Math.PI);
      expected += 0.001 * weight * new SquashedGaussian(mean, spread, noise).action();
    }
    assertThat(first).isCloseTo(expected, within(1e-6));
  }

  @Test
  void withoutSquashingWorthSpeakingOfItIsTheNormalDensity() {
    // The deviation is exp(-5 + 3.5 (1 + tanh(-1))).
    double deviation = Math.exp(-5 + 3.5 * (1 + Math.tanh(-1)));
    SquashedGaussian small = new SquashedGaussian(0, -1, 0.01);
    double normal = -0.00005 - Math.log(deviation) - Math.log(2 * Math.PI) / 2;
    assertThat(small.logDensity()).isCloseTo(normal, within(1e-5));
    assertThat(small.action()).isCloseTo(0.01 * deviation, within(1e-8));
  }

  @Test
  void itsDensityStaysFiniteWhereTheActionIsOne() {
    SquashedGaussian far = new SquashedGaussian(40, 0, 0);
    assertThat(far.action()).isEqualTo(1);
    assertThat(far.logDensity()).isFinite();
    assertThat(far.slopes(1, 1)).doesNotContain(Double.NaN);
  }

  @Test
  void itsDerivativesAreThoseOfDifferences() {
    double[][] points = {{0.3, -0.2, 1.1}, {-1.5, 0.4, -0.7}, {2, -1, 0.2}};
    for (double[] at : points) {
      double[] slopes = new SquashedGaussian(at[0], at[1], at[2]).slopes(0.7, -1.3);
      for (int i = 0; i < 2; i++) {
        double[] above = at.clone();
        double[] below = at.clone();
        above[i] += STEP;
        below[i] -= STEP;
        assertThat(slopes[i]).isCloseTo((value(above) - value(below)) / (2 * STEP), within(1e-7));
      }
    }
  }

  private static double value(double[] at) {
    SquashedGaussian one = new SquashedGaussian(at[0], at[1], at[2]);
    return 0.7 * one.logDensity() - 1.3 * one.action();
  }
}
