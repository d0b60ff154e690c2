package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sparkmto.configuration.NamedFigure;
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

  private static final SelectionRule BY_TASK =
      new SelectionRule(COUNTED, true, Optional.empty(), 0);
  private static final SelectionRule BY_METRIC = rule(COUNTED);

  private static SelectionRule rule(CountedFigures counted) {
    return new SelectionRule(counted, false, Optional.empty(), 0);
  }

  private static SelectionRule by(String figure, Direction direction, double leastChange) {
    List<String> tasks = List.of("depth", "segmentation");
    return new SelectionRule(
        COUNTED, true, Optional.of(new NamedFigure(figure, figure, direction, tasks)), leastChange);
  }

  private static Map<String, Map<String, Double>> losses(double depth, double segmentation) {
    return Map.of("depth", Map.of("loss", depth), "segmentation", Map.of("loss", segmentation));
  }

  /** Its direction is its own: of the loss the lowest, of the accuracy the highest is best. */
  @Test
  void aNamedFigureAloneChooses() {
    SelectionRule loss = by("loss", Direction.LOWER_IS_BETTER, 0);
    Selection selection =
        Selection.against(metrics(0.5, 1.0))
            .after(losses(1, 2), "a", loss)
            .after(losses(1.5, 1), "b", loss)
            .after(losses(2, 1), "c", loss);
    assertThat(selection.best()).contains("b");
    assertThat(selection.since()).isEqualTo(1);
    SelectionRule iou = by("mean-iou", Direction.HIGHER_IS_BETTER, 0);
    assertThat(
            Selection.against(Map.of())
                .after(metrics(0.5, 1), "a", iou)
                .after(metrics(0.6, 9), "b", iou)
                .after(metrics(0.55, 0.1), "c", iou)
                .best())
        .contains("b");
  }

  @Test
  void anUndefinedNamedFigureNeverChoosesAndATaskThatLosesItNeverWins() {
    SelectionRule loss = by("loss", Direction.LOWER_IS_BETTER, 0);
    Selection none =
        Selection.against(Map.of())
            .after(losses(Double.NaN, Double.NaN), "a", loss)
            .after(metrics(0.5, 1), "b", loss);
    assertThat(none.best()).isEmpty();
    assertThat(none.since()).isZero();
    Selection one = none.after(losses(Double.NaN, 2), "c", loss);
    assertThat(one.best()).contains("c");
    assertThat(one.after(losses(Double.NaN, 1), "d", loss).best()).contains("d");
    Selection both = one.after(losses(3, 3), "d", loss);
    assertThat(both.best()).contains("d");
    // A sum without the task that went astray would be lower.
    assertThat(both.after(losses(Double.NaN, 2.9), "e", loss).best()).contains("d");
  }

  /** As Keras has it: many small steps do not add up to one that counts, unless they do. */
  @Test
  void patienceBeginsAnewOnlyAfterMoreThanTheLeastChange() {
    SelectionRule loss = by("loss", Direction.LOWER_IS_BETTER, 0.5);
    Selection selection = Selection.against(Map.of()).after(losses(2, 2), "a", loss);
    selection = selection.after(losses(1.9, 1.9), "b", loss);
    assertThat(selection.best()).contains("b");
    assertThat(selection.since()).isEqualTo(1);
    selection = selection.after(losses(1.8, 1.75), "checkpoints/step-00000003", loss);
    assertThat(selection.best()).contains("checkpoints/step-00000003");
    assertThat(selection.since()).isEqualTo(2);
    selection = readBack(selection);
    assertThat(selection.after(losses(1.7, 1.75), "d", loss).since()).isZero();
    assertThat(selection.after(losses(1.78, 1.78), "d", loss).since()).isEqualTo(3);
  }

  private static Selection readBack(Selection selection) {
    try {
      String json = selection.toJson().toString();
      return Selection.parse(JsonFields.of(new ObjectMapper().readTree(json), "selection"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void againstSingleTaskNetworksTheLowestDeltaWins() {
    Selection selection = Selection.against(metrics(0.5, 1.0));
    // By task: (-20 + 30) / 2, then (-40 + 30) / 2, then (-40 + 60) / 2.
    selection = selection.after(metrics(0.6, 1.3), "a", BY_TASK);
    assertThat(selection.best()).contains("a");
    assertThat(selection.delta(metrics(0.6, 1.3), COUNTED).orElseThrow().taskWeighted())
        .isCloseTo(5, within(1e-9));
    selection =
        selection.after(metrics(0.7, 1.3), "b", BY_TASK).after(metrics(0.7, 1.6), "c", BY_TASK);
    assertThat(selection.best()).contains("b");
    assertThat(selection.since()).isEqualTo(1);
    // By metric two of three are the depth's: (-20 + 30 + 30) / 3.
    assertThat(selection.delta(metrics(0.6, 1.3), COUNTED).orElseThrow().metricWeighted())
        .isCloseTo(40.0 / 3, within(1e-9));
  }

  @Test
  void withoutThemEachIsComparedWithTheBestBefore() {
    Selection selection = Selection.against(Map.of()).after(metrics(0.0, 2.0), "first", BY_TASK);
    assertThat(selection.delta(metrics(0.1, 2.0), COUNTED)).isEmpty();
    // Better than a metric of 0 by more than any number, which no percentage could say.
    selection = selection.after(metrics(0.1, 2.5), "second", BY_TASK);
    assertThat(selection.best()).contains("second");
    selection = selection.after(metrics(0.11, 3.0), "third", BY_TASK);
    assertThat(selection.best()).contains("second");
    selection = selection.after(metrics(0.12, 2.6), "fourth", BY_TASK);
    assertThat(selection.best()).contains("fourth");
    assertThat(selection.since()).isZero();
  }

  @Test
  void anUndefinedMetricNeverWins() {
    for (Map<String, Map<String, Double>> baselines :
        List.of(Map.<String, Map<String, Double>>of(), metrics(0.5, 1.0))) {
      Selection selection = Selection.against(baselines).after(metrics(0.5, 1.0), "good", BY_TASK);
      assertThat(selection.after(metrics(Double.NaN, 0.1), "bad", BY_TASK).best()).contains("good");
      Selection diverged =
          Selection.against(baselines).after(metrics(Double.NaN, Double.NaN), "bad", BY_TASK);
      assertThat(diverged.after(metrics(0.1, 9.0), "better", BY_TASK).best()).contains("better");
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
        selection = selection.after(none, directory, BY_TASK);
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
              .after(metrics(0.5, Double.NaN), "a", BY_TASK)
              .after(metrics(0.6, Double.NaN), "b", BY_TASK)
              .after(metrics(0.4, Double.NaN), "c", BY_TASK);
      assertThat(selection.best()).contains("b");
      assertThat(selection.since()).isEqualTo(1);
    }
  }

  @Test
  void baselinesOfOtherTasksAreRefused() {
    Selection selection = Selection.against(Map.of("segmentation", Map.of("mean-iou", 1.0)));
    assertThatThrownBy(() -> selection.after(metrics(0.5, 1.0), "a", BY_TASK))
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
      Selection before = Selection.against(baselines).after(first, "first", rule(published));
      assertThat(before.after(second, "second", rule(published)).best()).contains("second");
      assertThat(before.after(second, "second", BY_METRIC).best()).contains("first");
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
            .after(metrics(0.6, Double.NaN), "checkpoints/step-00000020", BY_METRIC)
            .after(metrics(Double.NaN, 1.0), "checkpoints/step-00000040", BY_METRIC);
    String json = selection.toJson().toString();
    assertThat(Selection.parse(JsonFields.of(new ObjectMapper().readTree(json), "selection")))
        .isEqualTo(selection);
    assertThat(Selection.parse(JsonFields.of(new ObjectMapper().readTree("{}"), "selection")))
        .isEqualTo(Selection.against(Map.of()));
  }
}
