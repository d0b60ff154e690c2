package org.sparkmto.runlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule with a log that shows what it warns of and one that does not. */
class CautionsTest {
  private static final List<String> TASKS = List.of("colour", "size");

  private static RunHeader header(int steps, TrainingData data) {
    return new RunHeader(
        "run",
        "imtl",
        "IMTL",
        "",
        "",
        List.of(),
        "",
        "",
        TASKS,
        OptionalLong.of(1),
        OptionalLong.of(steps),
        OptionalLong.of(8),
        OptionalLong.empty(),
        OptionalLong.empty(),
        "",
        Map.of(),
        "",
        OptionalLong.of(1),
        data);
  }

  private static RunHeader header(int steps) {
    return header(steps, new TrainingData(OptionalLong.of(10), Map.of()));
  }

  private static StepLine step(long step, double[] weights, Double... losses) {
    return new StepLine(
        step,
        0,
        List.of(losses),
        SharedWeights.of(SharedWeights.Blocks.ONE, weights, weights.length),
        Collections.nCopies(weights.length, 1.0),
        Optional.empty(),
        Optional.empty(),
        0.1,
        1,
        Optional.empty(),
        Optional.empty());
  }

  private static EvaluationLine evaluation(
      long step, Map<String, Map<String, Double>> tasks, Optional<ConstantScores> constant) {
    return new EvaluationLine(
        new Evaluation("val", step, tasks, Map.of(), Optional.empty()), constant);
  }

  /** Through the text of a log, as a report hears it. */
  private static Cautions after(RunHeader header, List<LogLine> lines) {
    Cautions cautions = new Cautions(header);
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line.toJson()).append('\n'));
    try {
      LogReader.read(
          new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)),
          RunHeader.parse(header.toJson(), RunHeader.FILE),
          cautions::hear);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return cautions;
  }

  private static String text(Cautions cautions) {
    return String.join("\n", cautions.standing().stream().map(Caution::text).toList());
  }

  private static List<LogLine> steps(int count, double share) {
    return IntStream.range(0, count)
        .<LogLine>mapToObj(
            step -> {
              double first = step < 30 ? 0.5 : share;
              return step(step, new double[] {first, 1 - first}, 1.0 / (1 + step), 0.7);
            })
        .toList();
  }

  @Test
  void aTaskThatHoldsNearlyAllTheWeightForLongIsNamedWithItsLoss() {
    assertThat(text(after(header(100), steps(100, 0.95))))
        .contains("'colour' holds nearly all the weight")
        .contains("in nearly every step from 26 to 99")
        .contains("95 % in the last of them")
        .contains("Its own loss is down to 1 % of what it was")
        .contains("loss.colour.smoothing=0.1");
  }

  @ParameterizedTest
  @CsvSource({"100, 0.85", "60, 0.99"})
  void lessWeightOrForAShortTimeIsNoNews(int count, double share) {
    assertThat(text(after(header(100), steps(count, share)))).isEmpty();
  }

  @Test
  void aLargeWeightThatLeavesTheOthersTheirsIsNoNews() {
    List<LogLine> growing =
        IntStream.range(0, 200)
            .<LogLine>mapToObj(
                step -> step(step, new double[] {1 + step, 1}, 1.0 / (1 + step), 1.0))
            .toList();
    assertThat(text(after(header(200), growing))).isEmpty();
  }

  @Test
  void weightsThatNeverChangeAreAPersonsOwnChoice() {
    List<LogLine> fixed =
        IntStream.range(0, 200)
            .<LogLine>mapToObj(step -> step(step, new double[] {1, 0.01}, 0.5, 0.5))
            .toList();
    assertThat(text(after(header(200), fixed))).isEmpty();
  }

  @Test
  void itIsSaidWhenItIsFirstTrueAndNotAgain() {
    Cautions cautions = new Cautions(header(100));
    List<Long> said = new ArrayList<>();
    for (LogLine line : steps(100, 0.95)) {
      if (!cautions.hear(line).isEmpty()) {
        said.add(line.step());
      }
    }
    // Nine of ten steps of forty, from step 30 on.
    assertThat(said).containsExactly(65L);
  }

  private static final ConstantScores GUESS =
      new ConstantScores(
          Map.of(
              "colour", Map.of("accuracy", 0.5, "balanced-accuracy", 0.25),
              "size", Map.of("mae", 6.0)),
          Map.of("colour", 100L, "size", 100L));

  private static EvaluationLine found(
      long step, double accuracy, double balanced, double mae, boolean first) {
    return evaluation(
        step,
        Map.of(
            "colour", Map.of("accuracy", accuracy, "balanced-accuracy", balanced),
            "size", Map.of("mae", mae)),
        first ? Optional.of(GUESS) : Optional.empty());
  }

  @Test
  void aTaskThatIsNoBetterThanAConstantAfterAnEpochIsSaidAtOnceAndAtTheEnd() {
    Cautions cautions = new Cautions(header(40));
    assertThat(cautions.hear(found(5, 0.5, 0.25, 6.1, true))).isEmpty();
    List<Caution> said = cautions.hear(found(10, 0.55, 0.3, 6.1, false));
    assertThat(said).hasSize(1);
    assertThat(said.get(0).tasks()).containsExactly("colour", "size");
    assertThat(said.get(0).text())
        .startsWith("After step 10, on val, 'colour' (")
        .contains(
            " and 'size' (mae 6.1, that answer has 6) are no better than the same answer for every"
                + " image. So nothing is learnt at all: schedule.rate may be far too high");
    assertThat(cautions.hear(found(20, 0.5, 0.25, 3.0, false))).isEmpty();
    assertThat(cautions.atTheEnd())
        .extracting(Caution::text)
        .singleElement()
        .asString()
        .startsWith("After step 20, on val, 'colour' (")
        .contains(") is no better than the same answer", "Are the labels right");
  }

  @Test
  void oneMetricThatIsClearlyBetterShowsThatATaskLearns() {
    Cautions cautions = new Cautions(header(40));
    assertThat(cautions.hear(found(10, 0.5, 0.4, 5.5, true))).isEmpty();
    assertThat(cautions.standing()).isEmpty();
    assertThat(cautions.atTheEnd()).isEmpty();
  }

  @Test
  void aRunThatDoesNotSayWhatAConstantIsWorthIsNotJudged() {
    Cautions cautions = new Cautions(header(40));
    assertThat(cautions.hear(found(10, 0.1, 0.1, 50, false))).isEmpty();
    assertThat(cautions.standing()).isEmpty();
  }

  private static List<LogLine> losses(double growth) {
    return IntStream.range(0, 200)
        .<LogLine>mapToObj(
            step -> step(step, new double[] {1, 1}, 0.7, Math.pow(growth, Math.min(step, 60))))
        .toList();
  }

  @Test
  void aLossThatRisesFromTheStartBlamesTheRate() {
    assertThat(text(after(header(200), losses(1.05))))
        .startsWith("A loss rises from the start (that of 'size' from 1.")
        .contains("over steps 20 to 39): schedule.rate looks too high");
  }

  @Test
  void aLossThatJumpsInTheFirstStepsBlamesTheRateEvenIfItComesDown() {
    List<LogLine> jumping =
        IntStream.range(0, 200)
            .<LogLine>mapToObj(step -> step(step, new double[] {1, 1}, 0.7, step == 2 ? 1e6 : 0.9))
            .toList();
    assertThat(text(after(header(200), jumping)))
        .startsWith(
            "A loss jumps at the start (that of 'size' from 0.9 to 1,000,000 in the first 20")
        .contains("schedule.rate looks far too high");
  }

  @Test
  void aLossThatFallsOrRisesLateIsNotBlamedOnTheRate() {
    assertThat(text(after(header(200), losses(0.99)))).isEmpty();
    List<LogLine> late =
        IntStream.range(0, 200)
            .<LogLine>mapToObj(step -> step(step, new double[] {1, 1}, 0.7, step < 120 ? 0.5 : 3.0))
            .toList();
    assertThat(text(after(header(200), late))).isEmpty();
  }

  @Test
  void whatTheTrainingLabelsLackIsSaidBeforeTheFirstStep() {
    TrainingData data =
        new TrainingData(
            OptionalLong.of(10),
            Map.of(
                "colour",
                new TargetCounts(List.of("red", "green", "violet"), List.of(4L, 5L, 0L), 1),
                "size",
                new TargetCounts(List.of(), List.of(0L), 10)));
    Cautions cautions = new Cautions(header(10, data));
    assertThat(text(cautions))
        .isEqualTo(
            "'size' has no label in the training split and cannot be learnt. No training sample has"
                + " 'violet' of colour: what never occurs is never learnt.");
    TrainingData whole =
        new TrainingData(
            OptionalLong.of(10),
            Map.of("colour", new TargetCounts(List.of("red", "green"), List.of(4L, 5L), 1)));
    assertThat(new Cautions(header(10, whole)).standing()).isEmpty();
  }
}
