package org.sparkmto.experiment.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Figure;

/** By which number the best run is chosen. */
class JudgementTest {
  private static final Map<String, List<Figure>> FIGURES =
      Map.of(
          "one", List.of(Figure.lower("error")),
          "two", List.of(Figure.lower("mae"), Figure.lower("mse")));

  private static Judgement delta(boolean byTask) {
    return new Judgement("delta", FIGURES, new CountedFigures(FIGURES), byTask);
  }

  @Test
  void deltaCountsTasksOrFiguresAlikeAsSelectionDoes() {
    var alone = Map.of("one", Map.of("error", 1.0), "two", Map.of("mae", 1.0, "mse", 1.0));
    // 30 % worse in the task of one figure, 60 % and 0 % better in that of two.
    var run = Map.of("one", Map.of("error", 1.3), "two", Map.of("mae", 0.4, "mse", 1.0));
    assertThat(delta(true).of(run, alone)).isCloseTo((30 - 30) / 2.0, within(1e-12));
    assertThat(delta(false).of(run, alone)).isCloseTo((30 - 60 + 0) / 3.0, within(1e-12));
    assertThat(delta(true).words("val")).startsWith("Delta_m (task-weighted) on val");
    assertThat(delta(false).words("val")).startsWith("Delta_m (metric-weighted) on val");
  }
}
