package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CorruptionRobustnessTest {
  /** Ratios 0.9, 0.7, 0.5 and 0.8, 0.4, 0.3 of the network alone: mean difference 0.2. */
  private static final CorruptionRobustness IOU =
      new CorruptionRobustness(
          Direction.HIGHER_IS_BETTER,
          0.5,
          List.of(0.45, 0.35, 0.25),
          0.4,
          List.of(0.32, 0.16, 0.12));

  @Test
  void aboveZeroTheNetworkBearsCorruptionBetter() {
    assertThat(IOU.relative()).isCloseTo(0.7, within(1e-12));
    assertThat(IOU.baselineRelative()).isCloseTo(0.5, within(1e-12));
    assertThat(IOU.value()).isCloseTo(0.2, within(1e-12));
    assertThat(IOU.values()).hasSize(3);
    assertThat(IOU.values().get(1)).isCloseTo(0.3, within(1e-12));
    assertThat(IOU.of(List.of(0, 2)).value()).isCloseTo(0.15, within(1e-12));
  }

  @Test
  void anErrorThatGrowsLessIsBetter() {
    CorruptionRobustness error =
        new CorruptionRobustness(
            Direction.LOWER_IS_BETTER, 2, List.of(3.0, 5.0), 1, List.of(2.0, 3.0));
    assertThat(error.value()).isCloseTo(0.5, within(1e-12)); // 2.5 - 2, which is worse to have
    assertThat(error.gains()).containsExactly(-0.5, -1.5);
  }

  @Test
  void aNetworkByItselfLosesPartsOfWhatItHad() {
    CorruptionRobustness alone =
        CorruptionRobustness.alone(Direction.HIGHER_IS_BETTER, 0.8, List.of(0.6, 0.2));
    assertThat(alone.isCompared()).isFalse();
    assertThat(alone.value()).isNaN();
    assertThat(alone.values()).isEmpty();
    assertThat(alone.mean()).isCloseTo(0.4, within(1e-12));
    assertThat(alone.gains().get(0)).isCloseTo(-0.25, within(1e-12));
    assertThat(alone.gains().get(1)).isCloseTo(-0.75, within(1e-12));
  }

  @Test
  void nothingIsRelativeToZeroOrToWhatIsNotDefined() {
    for (double clean : new double[] {0, Double.NaN}) {
      CorruptionRobustness figure =
          new CorruptionRobustness(
              Direction.HIGHER_IS_BETTER, clean, List.of(0.1), 0.4, List.of(0.3));
      assertThat(figure.value()).isNaN();
      assertThat(figure.relative()).isNaN();
    }
  }

  @Test
  void bothNetworksHaveTheSameConditions() {
    assertThatThrownBy(
            () ->
                new CorruptionRobustness(
                    Direction.HIGHER_IS_BETTER, 1, List.of(1.0, 1.0), 1, List.of(1.0)))
        .hasMessage("1 conditions of the baseline, not 2");
    assertThatThrownBy(() -> CorruptionRobustness.alone(Direction.HIGHER_IS_BETTER, 1, List.of()))
        .hasMessage("there is no condition");
  }
}
