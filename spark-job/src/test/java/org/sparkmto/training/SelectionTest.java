package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.JsonFields;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;

class SelectionTest {
  private static Map<String, Map<String, Double>> metrics(double iou, double error) {
    return Map.of(
        "segmentation", Map.of("mean-iou", iou),
        "depth", Map.of("absolute-error", error, "rmse", 2 * error));
  }

  private static final CountedFigures COUNTED =
      new CountedFigures(
          Map.of(
              "segmentation",
              List.of(new Figure("mean-iou", Direction.HIGHER_IS_BETTER, true)),
              "depth",
              List.of(
                  new Figure("absolute-error", Direction.LOWER_IS_BETTER, true),
                  new Figure("rmse", Direction.LOWER_IS_BETTER, true))));

  @Test
  void againstSingleTaskNetworksTheLowestDeltaWins() {
    Selection selection = Selection.against(metrics(0.5, 1.0));
    // By task: (-20 + 30) / 2, then (-40 + 30) / 2, then (-40 + 60) / 2.
    selection = selection.after(metrics(0.6, 1.3), "a", COUNTED, true);
    assertThat(selection.best()).contains("a");
    assertThat(selection.delta(metrics(0.6, 1.3), COUNTED).orElseThrow().taskWeighted())
        .isCloseTo(5, within(1e-9));
    selection =
        selection
            .after(metrics(0.7, 1.3), "b", COUNTED, true)
            .after(metrics(0.7, 1.6), "c", COUNTED, true);
    assertThat(selection.best()).contains("b");
    assertThat(selection.since()).isEqualTo(1);
    // By metric two of three are the depth's: (-20 + 30 + 30) / 3.
    assertThat(selection.delta(metrics(0.6, 1.3), COUNTED).orElseThrow().metricWeighted())
        .isCloseTo(40.0 / 3, within(1e-9));
  }

  @Test
  void withoutThemEachIsComparedWithTheBestBefore() {
    Selection selection =
        Selection.against(Map.of()).after(metrics(0.0, 2.0), "first", COUNTED, true);
    assertThat(selection.delta(metrics(0.1, 2.0), COUNTED)).isEmpty();
    // Better than a metric of 0 by more than any number, which no percentage could say.
    selection = selection.after(metrics(0.1, 2.5), "second", COUNTED, true);
    assertThat(selection.best()).contains("second");
    selection = selection.after(metrics(0.11, 3.0), "third", COUNTED, true);
    assertThat(selection.best()).contains("second");
    selection = selection.after(metrics(0.12, 2.6), "fourth", COUNTED, true);
    assertThat(selection.best()).contains("fourth");
    assertThat(selection.since()).isZero();
  }

  @Test
  void anUndefinedMetricNeverWins() {
    for (Map<String, Map<String, Double>> baselines :
        List.of(Map.<String, Map<String, Double>>of(), metrics(0.5, 1.0))) {
      Selection selection =
          Selection.against(baselines).after(metrics(0.5, 1.0), "good", COUNTED, true);
      assertThat(selection.after(metrics(Double.NaN, 0.1), "bad", COUNTED, true).best())
          .contains("good");
      Selection diverged =
          Selection.against(baselines).after(metrics(Double.NaN, Double.NaN), "bad", COUNTED, true);
      assertThat(diverged.after(metrics(0.1, 9.0), "better", COUNTED, true).best())
          .contains("better");
    }
  }

  /** Of a split without labels the first checkpoint, the least trained, would become the model. */
  @Test
  void withoutAnythingDefinedNothingIsChosenAndPatienceDoesNotRunOut() {
    Map<String, Map<String, Double>> none = with(Double.NaN, Double.NaN, Double.NaN);
    for (Map<String, Map<String, Double>> baselines :
        List.of(Map.<String, Map<String, Double>>of(), metrics(0.5, 1.0), none)) {
      Selection selection = Selection.against(baselines);
      for (String directory : List.of("a", "b", "c")) {
        selection = selection.after(none, directory, COUNTED, true);
      }
      assertThat(selection.best()).isEmpty();
      assertThat(selection.since()).isZero();
    }
  }

  /** A task without a label in the split leaves the choice to the others. */
  @Test
  void theTasksThatAreDefinedChoose() {
    for (Map<String, Map<String, Double>> baselines :
        List.of(Map.<String, Map<String, Double>>of(), metrics(0.5, Double.NaN))) {
      Selection selection =
          Selection.against(baselines)
              .after(metrics(0.5, Double.NaN), "a", COUNTED, true)
              .after(metrics(0.6, Double.NaN), "b", COUNTED, true)
              .after(metrics(0.4, Double.NaN), "c", COUNTED, true);
      assertThat(selection.best()).contains("b");
      assertThat(selection.since()).isEqualTo(1);
    }
  }

  @Test
  void baselinesOfOtherTasksAreRefused() {
    Selection selection = Selection.against(Map.of("segmentation", Map.of("mean-iou", 1.0)));
    assertThatThrownBy(() -> selection.after(metrics(0.5, 1.0), "a", COUNTED, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no task 'depth'");
    assertThatThrownBy(() -> selection.requireCounted(COUNTED))
        .hasMessageContaining("the baseline has no");
  }

  /** With the rmse that no paper counts, another checkpoint would be taken. */
  @Test
  void whatDoesNotCountDoesNotChoose() {
    CountedFigures published =
        new CountedFigures(
            Map.of(
                "segmentation", COUNTED.tasks().get("segmentation"),
                "depth", COUNTED.tasks().get("depth").subList(0, 1)));
    Map<String, Map<String, Double>> first = with(0.5, 1.0, 1.0);
    Map<String, Map<String, Double>> second = with(0.5, 0.9, 1.2);
    for (Map<String, Map<String, Double>> baselines :
        List.of(Map.<String, Map<String, Double>>of(), first)) {
      Selection before = Selection.against(baselines).after(first, "first", published, false);
      assertThat(before.after(second, "second", published, false).best()).contains("second");
      assertThat(before.after(second, "second", COUNTED, false).best()).contains("first");
    }
  }

  private static Map<String, Map<String, Double>> with(double iou, double error, double rmse) {
    return Map.of(
        "segmentation", Map.of("mean-iou", iou),
        "depth", Map.of("absolute-error", error, "rmse", rmse));
  }

  @Test
  void itIsReadBackAsItWasWritten() throws Exception {
    Selection selection =
        Selection.against(metrics(0.5, 1.0))
            .after(metrics(0.6, Double.NaN), "checkpoints/step-00000020", COUNTED, false)
            .after(metrics(Double.NaN, 1.0), "checkpoints/step-00000040", COUNTED, false);
    String json = selection.toJson().toString();
    assertThat(Selection.parse(JsonFields.of(new ObjectMapper().readTree(json), "selection")))
        .isEqualTo(selection);
    assertThat(Selection.parse(JsonFields.of(new ObjectMapper().readTree("{}"), "selection")))
        .isEqualTo(Selection.against(Map.of()));
  }
}
