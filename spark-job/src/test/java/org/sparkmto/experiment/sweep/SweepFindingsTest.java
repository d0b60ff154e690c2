package org.sparkmto.experiment.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.ConfigFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.experiment.LoggedSteps;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Figure;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Check;
import org.sparkmto.runlog.SweepResults.Front;
import org.sparkmto.runlog.SweepResults.Row;
import org.sparkmto.runlog.SweepResults.TradeOff;

/**
 * What is chosen, compared and counted, on numbers small enough to do by hand. Task a has an
 * accuracy, task b an error; the test figures of every run differ from those it is chosen by.
 */
class SweepFindingsTest {
  private static final List<Task> TASKS =
      List.of(
          Task.of("a", TaskKind.CLASSIFICATION, List.of("image"), "label", 3),
          Task.of("b", TaskKind.CLASSIFICATION, List.of("image"), "other", 3));
  private static final Figure ACCURACY = Figure.higher("accuracy");
  private static final Figure ERROR = Figure.lower("error");
  private static final Map<String, List<Figure>> FIGURES = figures();

  private final Map<SweepTrial, TrialOutcome> outcomes = new LinkedHashMap<>();

  private static Map<String, List<Figure>> figures() {
    Map<String, List<Figure>> figures = new LinkedHashMap<>();
    figures.put("a", List.of(ACCURACY));
    figures.put("b", List.of(ERROR));
    return figures;
  }

  private static SweepGrid grid(String more) {
    return SweepGrid.of(
        ConfigFactory.parseString(
            "data { directory = d, validation = val }, sweep { directory = s\n"
                + "methods = [ew, uw], optimizers = [adam, sgd], rates = [1, 2], seeds = [1, 2]\n"
                + more
                + "}"));
  }

  private static Map<String, Map<String, Double>> values(double accuracy, double error) {
    Map<String, Map<String, Double>> values = new LinkedHashMap<>();
    values.put("a", Map.of("accuracy", accuracy, "loss", 1 - accuracy));
    values.put("b", Map.of("error", error, "loss", error));
    return values;
  }

  /** The test figures are the validation's, with the accuracy halved. */
  private static TrialOutcome outcome(double accuracy, double error) {
    return new TrialOutcome(
        "", values(accuracy, error), values(accuracy / 2, error), 1, List.of("slow"));
  }

  private void put(SweepGrid grid, String point, long seed, TrialOutcome outcome) {
    SweepPoint found =
        grid.points().stream()
            .filter(one -> one.toString().equals(point))
            .findFirst()
            .orElseThrow();
    outcomes.put(new SweepTrial(found, Optional.empty(), seed, Optional.empty(), ""), outcome);
  }

  private void putSingle(SweepGrid grid, int task, String point, long seed, TrialOutcome outcome) {
    SweepPoint found =
        grid.pointsOfOneTask().stream()
            .filter(one -> one.toString().equals(point))
            .findFirst()
            .orElseThrow();
    String name = TASKS.get(task).name();
    TrialOutcome own =
        new TrialOutcome(
            "",
            Map.of(name, outcome.validation().get(name)),
            Map.of(name, outcome.figures().get(name)),
            1,
            List.of());
    outcomes.put(
        new SweepTrial(found, Optional.of(TASKS.get(task)), seed, Optional.empty(), ""), own);
  }

  private SweepResults results(SweepGrid grid) {
    return results(grid, List.of("a", "b"));
  }

  private SweepResults results(SweepGrid grid, List<String> trained) {
    Judgement judgement = new Judgement(grid.by(), FIGURES, new CountedFigures(FIGURES), true);
    return new SweepFindings(grid, TASKS, trained, judgement, outcomes)
        .results("data", "val", List.of(new Check(Map.of("method", "ew"), 2e-9, true, "")));
  }

  private static Row row(SweepResults results, String method, String optimizer) {
    return results.rows().stream()
        .filter(row -> row.point().get("method").equals(method))
        .filter(row -> row.point().get("optimizer").equals(optimizer))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ratesAreChosenOnValidationByTheMeanOverSeeds() {
    SweepGrid grid = grid("baselines = false, by = accuracy");
    // On the test split, and with seed 2 alone, rate 1 is better; the mean of validation says 2.
    put(grid, "ew, adam, 1", 1, new TrialOutcome("", values(0.2, 1), values(0.9, 1), 1, List.of()));
    put(grid, "ew, adam, 1", 2, new TrialOutcome("", values(0.7, 1), values(0.9, 1), 1, List.of()));
    put(grid, "ew, adam, 2", 1, new TrialOutcome("", values(0.6, 1), values(0.4, 3), 1, List.of()));
    put(grid, "ew, adam, 2", 2, new TrialOutcome("", values(0.6, 1), values(0.5, 5), 1, List.of()));
    Row row = row(results(grid), "ew", "adam");
    assertThat(row.point()).containsEntry("rate", "2");
    assertThat(row.values().get("a/accuracy").mean()).isCloseTo(0.45, within(1e-15));
    assertThat(row.values().get("a/accuracy").deviation())
        .isCloseTo(Math.sqrt(0.005), within(1e-15));
    assertThat(row.values().get("b/error").mean()).isCloseTo(4, within(1e-15));
  }

  @Test
  void aRateWithAFailedSeedIsNotChosenAndTheRowSaysSo() {
    SweepGrid grid = grid("baselines = false, by = loss");
    put(grid, "ew, adam, 1", 1, outcome(0.9, 0.1));
    put(grid, "ew, adam, 1", 2, TrialOutcome.failed("diverged at step 3"));
    put(grid, "ew, adam, 2", 1, outcome(0.5, 0.5));
    put(grid, "ew, adam, 2", 2, outcome(0.5, 0.5));
    put(grid, "uw, sgd, 1", 1, TrialOutcome.failed("diverged at step 1"));
    SweepResults results = results(grid);
    assertThat(row(results, "ew", "adam").point()).containsEntry("rate", "2");
    assertThat(row(results, "ew", "adam").failure())
        .isEqualTo("1 of 4 runs failed: diverged at step 3");
    assertThat(row(results, "uw", "sgd").values()).isEmpty();
    assertThat(row(results, "uw", "sgd").point()).doesNotContainKey("rate");
  }

  @Test
  void deltaComparesWithTheBestNetworksOfOneTaskByTheirValidation() {
    SweepGrid grid = grid("");
    for (long seed : List.of(1L, 2L)) {
      putSingle(grid, 0, "adam, 1", seed, outcome(0.4, 1));
      putSingle(grid, 0, "adam, 2", seed, outcome(0.8, 1));
      putSingle(grid, 1, "adam, 1", seed, outcome(1, 0.5));
      putSingle(grid, 1, "sgd, 2", seed, outcome(1, 0.25));
      put(grid, "ew, adam, 1", seed, outcome(0.6, 0.25));
    }
    SweepResults results = results(grid);
    assertThat(results.baselines())
        .extracting(one -> one.task() + " " + String.join(" ", one.point().values()))
        .containsExactly("a adam 2", "b sgd 2");
    // Accuracy falls from 0.4 to 0.3, by a quarter; the error is that of the network alone.
    assertThat(row(results, "ew", "adam").values().get("delta/task-weighted").mean())
        .isCloseTo(12.5, within(1e-12));
    assertThat(results.runs().get(0).validation()).isCloseTo(12.5, within(1e-12));
  }

  @Test
  void ranksAreMeansOverTheFiguresThatCountAndEqualOnesShareThem() {
    SweepGrid grid = grid("baselines = false");
    for (long seed : List.of(1L, 2L)) {
      put(grid, "ew, adam, 1", seed, outcome(0.8, 0.5)); // best accuracy, error shared
      put(grid, "ew, sgd, 1", seed, outcome(0.4, 0.5));
      put(grid, "uw, adam, 1", seed, outcome(0.6, 0.1)); // best error
    }
    SweepResults results = results(grid);
    assertThat(row(results, "ew", "adam").values().get("rank/mean").mean()).isEqualTo(1.75);
    assertThat(row(results, "ew", "sgd").values().get("rank/mean").mean()).isEqualTo(2.75);
    assertThat(row(results, "uw", "adam").values().get("rank/mean").mean()).isEqualTo(1.5);
  }

  @Test
  void frontsCountRunsOfAllRatesAndAgainstTheOtherOptimizer() {
    SweepGrid grid = grid("baselines = false");
    put(grid, "ew, adam, 1", 1, outcome(0.8, 0.5)); // on the front
    put(grid, "ew, adam, 2", 1, outcome(0.7, 0.6)); // dominated by adam's alone
    put(grid, "uw, adam, 1", 1, outcome(0.1, 0.1)); // on the front
    put(grid, "uw, sgd, 1", 1, outcome(0.6, 0.7)); // dominated by adam's
    put(grid, "uw, sgd, 2", 1, TrialOutcome.failed("lost"));
    List<Front> fronts = results(grid).fronts();
    assertThat(fronts)
        .containsExactly(
            new Front(Map.of("method", "ew", "optimizer", "adam"), 2, 1, 2),
            new Front(Map.of("method", "uw", "optimizer", "adam"), 1, 1, 1),
            new Front(Map.of("method", "uw", "optimizer", "sgd"), 1, 0, 0));
  }

  @Test
  void aTradeOffIsWhatPreferencesDominateTogetherAndWhetherTheyAreObeyed() {
    SweepGrid grid =
        SweepGrid.of(
            ConfigFactory.parseString(
                "data { directory = d, validation = val }, sweep { directory = s, seeds = [1]\n"
                    + "methods = [ew, pbi], preferences = [[1, 3], [1, 1]], baselines = false }"));
    put(grid, "ew, 1:3", 1, outcome(0.2, 0.5)); // worst accuracy, middle error
    put(grid, "ew, 1:1", 1, outcome(1.0, 1.0)); // best accuracy, worst error
    put(grid, "pbi, 1:3", 1, outcome(0.6, 0.75));
    put(grid, "pbi, 1:1", 1, outcome(0.2, 0.0)); // best error
    List<TradeOff> found = results(grid).tradeOffs();
    // On the scale of 0 to 1: ew at (1, 0.5) and (0, 1), which dominate nothing below (1, 1).
    assertThat(found.get(0)).isEqualTo(new TradeOff(Map.of("method", "ew"), 2, 0, 1));
    // pbi at (0.5, 0.75) dominates an eighth, at (1, 0) nothing; and what it is told, it reverses.
    assertThat(found.get(1).hypervolume()).isCloseTo(0.125, within(1e-12));
    assertThat(found.get(1).obeyed()).isZero();
  }

  /** A preference has a number for every task that is trained, whatever the tables are about. */
  @Test
  void whatAPreferenceAsksOfTasksThatAreNotJudgedIsNotTakenForOthers() {
    SweepGrid grid =
        SweepGrid.of(
            ConfigFactory.parseString(
                "data { directory = d, validation = val }, sweep { directory = s, seeds = [1]\n"
                    + "methods = [ew], preferences = [[8, 1, 3], [0, 1, 1]], baselines = false }"));
    put(grid, "ew, 8:1:3", 1, outcome(0.2, 0.5));
    put(grid, "ew, 0:1:1", 1, outcome(1.0, 0.75));
    // The second asks for more of a, half for a twelfth, and has it; for more of b, and has less.
    assertThat(results(grid, List.of("pseudo", "a", "b")).tradeOffs().get(0).obeyed())
        .isEqualTo(0.5);
  }

  @Test
  void rowsAreTestedAgainstTheBestOneOfEachColumnSeedBySeed() {
    SweepGrid grid = grid("baselines = false");
    double[] some = {0.81, 0.79};
    double[] best = {0.84, 0.86};
    for (int seed = 1; seed <= 2; seed++) {
      put(grid, "ew, adam, 1", seed, outcome(2 * some[seed - 1], 1));
      put(grid, "uw, adam, 1", seed, outcome(2 * best[seed - 1], 2));
    }
    SweepResults results = results(grid);
    assertThat(row(results, "ew", "adam").differences().get("a/accuracy"))
        .isEqualTo(PairedTests.of(some, best));
    assertThat(row(results, "uw", "adam").differences()).doesNotContainKey("a/accuracy");
  }

  @Test
  void stepsThatFellBackAndTasksThatAreGuessedAreRemarks() {
    Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    figures.put("a", Map.of("accuracy", 0.9, "balanced-accuracy", 0.33));
    figures.put("b", Map.of("error", 0.1));
    LoggedSteps log = new LoggedSteps(List.of(1.0, 2.0, 4.0), List.of("no way", "nor that"));
    TrialOutcome outcome = TrialOutcome.of(Map.of(), figures, log, TASKS);
    assertThat(outcome.remarks())
        .containsExactly(
            "2 of 3 steps took equal weights, first because: no way",
            "balanced-accuracy below 1 / classes, that of a guess: a");
    assertThat(outcome.millis()).isEqualTo(2);
  }

  @Test
  void aCheckHoldsOnlyIfBothPartsDo() {
    assertThat(new Check(Map.of(), 9e-5, true, "").holds()).isTrue();
    assertThat(new Check(Map.of(), 9e-5, false, "").holds()).isFalse();
    assertThat(new Check(Map.of(), 1e-4, true, "").holds()).isFalse();
    assertThat(new Check(Map.of(), Double.NaN, true, "").holds()).isFalse();
    assertThat(new Check(Map.of(), 0, true, "lost").holds()).isFalse();
  }

  @Test
  void whatIsWrittenIsRead() {
    SweepGrid grid = grid("");
    putSingle(grid, 0, "adam, 1", 1, outcome(0.4, 1));
    put(grid, "ew, adam, 1", 1, outcome(0.6, 0.25));
    put(grid, "ew, adam, 1", 2, TrialOutcome.failed("lost \"it\""));
    SweepResults results = results(grid);
    assertThat(SweepResults.parse(results.toJson(), "results.json")).isEqualTo(results);
  }
}
