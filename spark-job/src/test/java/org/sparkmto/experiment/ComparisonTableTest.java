package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sparkmto.experiment.ComparisonTable.Check;
import org.sparkmto.experiment.ComparisonTable.Outcome;
import org.sparkmto.experiment.ComparisonTable.Row;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.RelativePerformance.Convention;
import org.sparkmto.metric.RelativePerformance.Term;

class ComparisonTableTest {
  private static final Row EW =
      new Row(
          NamedOptions.of("ew"),
          "",
          List.of(
              new Outcome(
                  Map.of("accuracy", 0.9),
                  Optional.of(
                      new RelativePerformance(
                          List.of(
                              new Term("bag", "accuracy", Direction.HIGHER_IS_BETTER, 0.81, 0.8),
                              new Term("bag", "f1", Direction.HIGHER_IS_BETTER, 0.81, 0.8),
                              new Term("hat", "accuracy", Direction.HIGHER_IS_BETTER, 0.8, 0.8)),
                          Convention.DROP)),
                  20,
                  100,
                  0,
                  Optional.empty(),
                  List.of())),
          Optional.empty(),
          Optional.empty());
  private static final Row SLOW =
      new Row(
          NamedOptions.of("cagrad:c=0.5,rescale=2"),
          "parameters",
          List.of(
              new Outcome(
                  Map.of("accuracy", 0.25),
                  Optional.empty(),
                  50,
                  100,
                  3,
                  Optional.of("no \"way\""),
                  List.of("bag"))),
          Optional.of(new Check(2e-4, true)),
          Optional.of("1 and 2 ranks differ"));
  private static final Row BROKEN =
      new Row(
          NamedOptions.of("gls"),
          "",
          List.of(),
          Optional.empty(),
          Optional.of("diverged at step 3: the loss of task 'a|b' is NaN"));

  private final ComparisonTable table =
      new ComparisonTable(Map.of("seed", "1"), List.of(EW, SLOW, BROKEN));

  @Test
  void markdownShowsEveryRowAndExplainsWhatIsUnusual() {
    assertThat(table.toMarkdown().lines())
        .contains(
            "| ew |  | **0.9000** | **-0.63** | **-0.83** | 20.0 | 1.00 | 100 | 0 | 0 |  |  | ok |",
            "| cagrad:c=0.5,rescale=2 | parameters | 0.2500 |  |  | 50.0 | 2.50 | 100 | 3 | 1 |"
                + " 2.0e-04 | same bits | 1 and 2 ranks differ |",
            "| gls |  |  |  |  |  |  |  |  |  |  |  |"
                + " diverged at step 3: the loss of task 'a\\|b' is NaN |",
            "cagrad:c=0.5,rescale=2 is under chance on bag")
        .anyMatch(
            line ->
                line.startsWith(
                    "delta_m, against single-task networks: relative drop against the baseline in"
                        + " percent, lower is better; counted: bag: accuracy, f1; hat: accuracy."))
        .anyMatch(line -> line.endsWith("fell back, first because: no \"way\""));
    assertThat(new ComparisonTable(Map.of(), List.of(EW)).toMarkdown())
        .doesNotContain("| 1 vs 2 ranks");
  }

  private static Outcome seed(double accuracy, double millis) {
    return new Outcome(
        Map.of("accuracy", accuracy),
        Optional.empty(),
        millis,
        100,
        1,
        Optional.of("no"),
        List.of());
  }

  @Test
  void severalSeedsHaveTheirMeanAndDeviationAndTheBestMeanIsMarked() throws Exception {
    ComparisonTable seeds =
        new ComparisonTable(
            Map.of(),
            List.of(
                new Row(
                    NamedOptions.of("ew"),
                    "",
                    List.of(seed(0.7, 10), seed(0.8, 20)),
                    Optional.empty(),
                    Optional.empty()),
                new Row(
                    NamedOptions.of("gls"),
                    "",
                    List.of(seed(0.6, 30), seed(0.7, 30)),
                    Optional.empty(),
                    Optional.empty())));
    assertThat(seeds.toMarkdown().lines())
        .contains(
            "| ew | **0.7500 ± 0.0707** | 15.0 | 1.00 | 100 | 2 | 0 | ok |",
            "| gls | 0.6500 ± 0.0707 | 30.0 | 2.00 | 100 | 2 | 0 | ok |")
        .anyMatch(line -> line.endsWith("Best figures are bold."));
    assertThat(seeds.toCsv())
        .startsWith("method,level,accuracy,accuracy deviation,")
        .contains("\r\new,,0.7500,0.0707,");
    JsonNode row = new ObjectMapper().readTree(seeds.toJson()).path("rows").path(0);
    assertThat(row.path("runs").asInt()).isEqualTo(2);
    assertThat(row.path("mean").path("accuracy").asDouble()).isCloseTo(0.75, within(1e-12));
    assertThat(row.path("deviation").path("accuracy").asDouble())
        .isCloseTo(0.1 / Math.sqrt(2), within(1e-12));
  }

  /** An empty cell, a 0 or a NaN would be read as something else. */
  @Test
  void aFigureThatTheSplitDoesNotDefineIsSaidToBeSo() throws Exception {
    Row row =
        new Row(
            NamedOptions.of("ew"),
            "",
            List.of(seed(Double.NaN, 10)),
            Optional.empty(),
            Optional.empty());
    ComparisonTable undefined = new ComparisonTable(Map.of(), List.of(row));
    assertThat(undefined.toMarkdown())
        .contains("| ew | undefined | 10.0 |")
        .contains("undefined: the split has not what the figure needs.")
        .doesNotContain("NaN");
    assertThat(undefined.toCsv())
        .contains(",outcome,undefined\r\new,,,")
        .endsWith(",ok,accuracy\r\n")
        .doesNotContain("NaN");
    assertThat(new ObjectMapper().readTree(undefined.toJson()).at("/rows/0/mean/accuracy").isNull())
        .isTrue();
  }

  @Test
  void csvQuotesWhatNeedsIt() {
    assertThat(table.toCsv())
        .contains("\r\n\"cagrad:c=0.5,rescale=2\",parameters,0.2500,,,50.0,2.50,100,3,1,2.0e-04,");
    assertThat(table.toCsv().lines()).hasSize(4);
  }

  @Test
  void jsonHoldsTheNumbersInFull() throws Exception {
    JsonNode rows = new ObjectMapper().readTree(table.toJson()).path("rows");
    JsonNode delta = rows.path(0).path("delta");
    assertThat(delta.path("task-weighted").asDouble()).isCloseTo(-0.625, within(1e-9));
    assertThat(delta.path("metric-weighted").asDouble()).isCloseTo(-2.5 / 3, within(1e-9));
    assertThat(delta.path("counted").path("bag").path(1).asText()).isEqualTo("f1");
    assertThat(rows.path(1).path("ratioToEqualWeights").asDouble()).isEqualTo(2.5);
    assertThat(rows.path(1).has("delta")).isFalse();
    assertThat(rows.path(1).path("underChance").path(0).asText()).isEqualTo("bag");
    assertThat(rows.path(2).has("mean")).isFalse();
  }

  @Test
  void aCheckHoldsOnlyIfBothPartsDo() {
    assertThat(new Check(9e-5, true).holds()).isTrue();
    assertThat(new Check(9e-5, false).holds()).isFalse();
    assertThat(new Check(1e-4, true).holds()).isFalse();
    assertThat(new Check(Double.NaN, true).holds()).isFalse();
    assertThat(table.failures()).containsExactly("cagrad:c=0.5,rescale=2", "gls");
  }
}
