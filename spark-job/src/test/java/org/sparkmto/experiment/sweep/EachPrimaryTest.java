package org.sparkmto.experiment.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/** Two tasks, each in turn the primary one. */
class EachPrimaryTest {
  private static final List<Task> TASKS =
      List.of(
          Task.of("a", TaskKind.CLASSIFICATION, List.of("image"), "label", 3),
          Task.of("b", TaskKind.CLASSIFICATION, List.of("image"), "other", 3));

  private final EachPrimary primaries = new EachPrimary(TASKS);
  private final Map<SweepTrial, TrialOutcome> outcomes = new LinkedHashMap<>();

  private static SweepGrid grid(String methods) {
    return SweepGrid.of(
        ConfigFactory.parseString(
            "data { directory = d, validation = val }, schedule.rate = 1\n"
                + "sweep { directory = s, baselines = false, by = loss, methods = "
                + methods
                + "}"));
  }

  private void put(SweepPoint point, long seed, TrialOutcome outcome) {
    outcomes.put(new SweepTrial(point, Optional.empty(), seed, Optional.empty(), ""), outcome);
  }

  private static TrialOutcome outcome(double a, double b, double millis) {
    Map<String, Map<String, Double>> values = new LinkedHashMap<>();
    values.put("a", Map.of("accuracy", a));
    values.put("b", Map.of("accuracy", b));
    return new TrialOutcome("", values, values, millis, List.of("slow"));
  }

  @Test
  void aMethodThatServesEachTaskIsTrainedForEach() {
    List<SweepPoint> points =
        grid("[ew, \"ol-aux:beta=0.2,primary=each\", \"gcs:primary=b\"]").points();
    assertThat(points.stream().flatMap(point -> primaries.runs(point).stream()))
        .map(SweepPoint::toString)
        .containsExactly(
            "ew", "ol-aux:beta=0.2,primary=a", "ol-aux:beta=0.2,primary=b", "gcs:primary=b");
    SweepPoint second = primaries.runs(points.get(1)).get(1);
    assertThat(second.settings().getString("method.primary")).isEqualTo("b");
    assertThat(second.settings().getDouble("method.beta")).isEqualTo(0.2);
    assertThat(primaries.row(second)).isEqualTo(points.get(1));
    assertThat(primaries.row(points.get(0))).isEqualTo(points.get(0));
  }

  @Test
  void everyTaskHasTheFiguresOfTheRunThatServedIt() {
    List<SweepPoint> points = grid("[ew, \"gcs:primary=each\"]").points();
    put(points.get(0), 1, outcome(0.1, 0.2, 5));
    List<SweepPoint> runs = primaries.runs(points.get(1));
    put(runs.get(0), 1, outcome(0.3, 0.4, 10));
    put(runs.get(0), 2, outcome(0.35, 0.45, 10));
    put(runs.get(1), 1, outcome(0.5, 0.6, 20));
    Map<SweepTrial, TrialOutcome> rows = primaries.assembled(outcomes);
    // Seed 2 waits for its second run.
    assertThat(rows.keySet())
        .map(SweepTrial::toString)
        .containsExactly("ew, seed 1", "gcs:primary=each, seed 1");
    TrialOutcome assembled = List.copyOf(rows.values()).get(1);
    assertThat(assembled.figures())
        .isEqualTo(Map.of("a", Map.of("accuracy", 0.3), "b", Map.of("accuracy", 0.6)));
    assertThat(assembled.validation()).isEqualTo(assembled.figures());
    assertThat(assembled.millis()).isEqualTo(15);
    assertThat(assembled.remarks()).containsExactly("serving a: slow", "serving b: slow");

    put(runs.get(1), 2, TrialOutcome.failed("diverged"));
    assertThat(List.copyOf(primaries.assembled(outcomes).values()).get(2).failure())
        .isEqualTo("diverged");
  }
}
