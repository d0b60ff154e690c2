package org.sparkmto.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeedAverageTest {
  private static Scores scores(double value) {
    return new Scores(Map.of("depth", Map.of("rmse", value)));
  }

  @Test
  void theDeviationIsThatOfASample() {
    SeedAverage average = new SeedAverage(List.of(scores(1), scores(2), scores(6)));
    SeedAverage.Spread spread = average.tasks().get("depth").get("rmse");
    assertThat(spread.mean()).isCloseTo(3, within(1e-12));
    // Squares 4 + 1 + 9 over 2.
    assertThat(spread.deviation()).isCloseTo(Math.sqrt(7), within(1e-12));
    assertThat(spread).hasToString("3.0000 +- 2.6458");
  }

  @Test
  void oneRunHasNoDeviationAndNoneIsRefused() {
    SeedAverage average = new SeedAverage(List.of(scores(1)));
    assertThat(average.tasks().get("depth").get("rmse")).hasToString("1.0000");
    assertThatThrownBy(() -> new SeedAverage(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
