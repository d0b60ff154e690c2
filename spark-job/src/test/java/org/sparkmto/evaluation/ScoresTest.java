package org.sparkmto.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.data.TaskKind;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.metric.MetricTask;
import org.sparkmto.metric.Metrics;

class ScoresTest {
  private static Scores scores() {
    Map<String, Map<String, Double>> tasks = new LinkedHashMap<>();
    tasks.put("b", Map.of("accuracy", 0.5));
    tasks.put("a", Map.of("accuracy", 1.0));
    tasks.put("c", new TreeMap<>(Map.of("accuracy", Double.NaN, "f1", Double.NaN)));
    return new Scores(tasks);
  }

  @Test
  void theMeanIsOverTheTasksThatHaveTheMetric() {
    assertThat(scores().mean()).containsEntry("accuracy", 0.75);
    assertThat(scores().mean().get("f1")).isNaN();
  }

  @Test
  void whatIsUndefinedSaysWhatItNeedsAndIsNoNumberAnywhere() {
    assertThat(scores().summary()).isEqualTo("mean accuracy 0.7500 (2 of 3 tasks)  c f1 undefined");
    assertThat(scores().undefined())
        .containsExactly(
            "accuracy of c is undefined: it needs a label",
            "f1 of c is undefined: it needs a label that says yes");
    Scores overflow = new Scores(Map.of("a", Map.of("mae", Double.POSITIVE_INFINITY)));
    assertThat(overflow.summary()).isEqualTo("a mae undefined");
    assertThat(overflow.mean().get("mae")).isNaN();
  }

  /** Kinds are known to metrics by name: one that is misspelled would go unjudged. */
  @ParameterizedTest
  @EnumSource(TaskKind.class)
  void everyKindOfTaskIsJudged(TaskKind kind) {
    assertThat(
            Metrics.of(
                new MetricTask(
                    "task",
                    kind.label(),
                    3,
                    0.5,
                    8,
                    MetricChoices.USUAL,
                    MetricTask.Decisions.CHOSEN_HERE)))
        .isNotEmpty();
  }

  @Test
  void theTasksKeepTheirOrder() {
    assertThat(scores().tasks().keySet()).containsExactly("b", "a", "c");
  }

  @Test
  void theSummaryIsOneLine() {
    assertThat(scores().summary()).contains("mean accuracy 0.7500").doesNotContain("\n");
  }
}
