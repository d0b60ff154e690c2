package org.sparkmto.experiment.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.sparkmto.runlog.SweepResults.Difference;

/** Tests of pairs against SciPy 1.17.1: ttest_rel and wilcoxon(mode="exact"), no ties, no zeros. */
class PairedTestsTest {
  @Test
  void agreesWithSciPy() {
    Difference five =
        PairedTests.of(
            new double[] {0.81, 0.79, 0.83, 0.80, 0.78},
            new double[] {0.84, 0.80, 0.85, 0.86, 0.79});
    // Both sum in double; the last digits are those of the incomplete beta function.
    assertThat(five.student()).isCloseTo(0.04863023385730611, within(1e-9));
    assertThat(five.wilcoxon()).isCloseTo(0.0625, within(1e-12));
    Difference three = PairedTests.of(new double[] {1.0, 2.5, 3.1}, new double[] {1.4, 2.2, 4.0});
    assertThat(three.student()).isCloseTo(0.4392278459079557, within(1e-9));
    assertThat(three.wilcoxon()).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void saysNothingOfWhatCannotBeTested() {
    assertThat(PairedTests.of(new double[] {1}, new double[] {2}).student()).isNaN();
    assertThat(PairedTests.of(new double[] {1, 2}, new double[] {1, 2}).wilcoxon()).isNaN();
    assertThat(PairedTests.of(new double[] {1, Double.NaN}, new double[] {2, 3}).student()).isNaN();
  }
}
