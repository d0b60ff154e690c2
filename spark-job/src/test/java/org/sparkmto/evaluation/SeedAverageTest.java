package org.sparkmto.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.RelativePerformance.Convention;
import org.sparkmto.metric.RelativePerformance.Term;
import org.sparkmto.metric.Spread;

class SeedAverageTest {
  private static Scores scores(double value) {
    return new Scores(Map.of("depth", Map.of("rmse", value)));
  }

  @Test
  void theDeviationIsThatOfASample() {
    SeedAverage average = new SeedAverage(List.of(scores(1), scores(2), scores(6)), List.of());
    Spread spread = average.tasks().get("depth").get("rmse");
    assertThat(spread.mean()).isCloseTo(3, within(1e-12));
    // Squares 4 + 1 + 9 over 2.
    assertThat(spread.deviation()).isCloseTo(Math.sqrt(7), within(1e-12));
    assertThat(spread).hasToString("3.0000 +- 2.6458");
  }

  @Test
  void bothWeightingsOfDeltaAreAveragedWithWhatCounted() {
    List<Scores> runs = List.of(scores(1), scores(2));
    SeedAverage.Delta delta =
        new SeedAverage(runs, List.of(delta(0.1, 0.4), delta(0.3, 0.4))).delta().orElseThrow();
    // By task: (10 + 40) / 2 and (30 + 40) / 2; by metric: (10 + 10 + 40) / 3 and (30 + 30 + 40) /
    // 3.
    assertThat(delta.taskWeighted().mean()).isCloseTo(30, within(1e-9));
    assertThat(delta.metricWeighted().mean()).isCloseTo(80.0 / 3, within(1e-9));
    assertThat(delta.taskWeighted().deviation()).isCloseTo(Math.sqrt(50), within(1e-9));
    assertThat(delta)
        .hasToString(
            "30.0000 +- 7.0711 % task-weighted, 26.6667 +- 9.4281 % metric-weighted (relative drop"
                + " against the baseline in percent, lower is better; counted: a: x, y; b: x)");
    assertThat(new SeedAverage(runs, List.of(delta(0.1, 0.4))).delta()).isEmpty();
  }

  private static RelativePerformance delta(double left, double right) {
    return new RelativePerformance(
        List.of(term("a", "x", left), term("a", "y", left), term("b", "x", right)),
        Convention.DROP);
  }

  private static Term term(String task, String metric, double drop) {
    return new Term(task, metric, Direction.LOWER_IS_BETTER, 1 + drop, 1);
  }

  @Test
  void oneRunHasNoDeviationAndNoneIsRefused() {
    SeedAverage average = new SeedAverage(List.of(scores(1)), List.of());
    assertThat(average.tasks().get("depth").get("rmse")).hasToString("1.0000");
    assertThatThrownBy(() -> new SeedAverage(List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
