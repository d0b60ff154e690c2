package org.sparkmto.runlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.metric.Spread;
import org.sparkmto.runlog.SharedWeights.Blocks;

/** Each record comes back from its own file as it was, and what is no record is counted. */
class LogReaderTest {

  private static RunHeader header(int tasks) {
    return new RunHeader(
        "a run",
        "ew",
        "",
        "",
        "",
        List.of("conv.0", "conv.1"),
        "small-conv",
        "stripes",
        IntStream.range(0, tasks).mapToObj(task -> "task " + task).toList(),
        OptionalLong.of(2),
        OptionalLong.empty(),
        OptionalLong.of(24),
        OptionalLong.of(Long.MAX_VALUE),
        OptionalLong.empty(),
        "a = \"ü\"\n",
        new Provenance("1", "4.1.3", "2.10", "17", "local[2]", 2, 3, Map.of("jar ours.jar", "5f"))
            .facts(),
        "2026-11-22T09:30:00Z",
        OptionalLong.of(-7),
        new TrainingData(
            OptionalLong.of(13),
            Map.of("a b", new TargetCounts(List.of("no", "yes"), List.of(7L, 0L), 2))));
  }

  private static List<LogLine> read(String text, RunHeader header) {
    List<LogLine> lines = new ArrayList<>();
    assertThat(result(text, header, lines).skipped()).isEmpty();
    return lines;
  }

  private static LogReader.Result result(String text, RunHeader header, List<LogLine> lines) {
    try {
      return LogReader.read(
          new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), header, lines::add);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Numbers of any size, some of them none. */
  private static List<Double> numbers(Random random, int count) {
    return random
        .ints(count)
        .mapToObj(
            choice ->
                choice % 7 == 0 ? Double.NaN : random.nextGaussian() * Math.pow(10, choice % 300))
        .toList();
  }

  @Property(tries = 200)
  void everyLineComesBackAsItWas(
      @ForAll @IntRange(min = 1, max = 9) int tasks,
      @ForAll @IntRange(min = 1, max = 4) int count,
      @ForAll Blocks kind,
      @ForAll long seed) {
    Random random = new Random(seed);
    int several = kind == Blocks.ONE ? 1 : count;
    StepLine step =
        new StepLine(
            random.nextInt(1 << 30),
            random.nextInt(1000),
            numbers(random, tasks),
            new SharedWeights(
                kind,
                IntStream.range(0, several).mapToObj(block -> numbers(random, tasks)).toList()),
            numbers(random, tasks),
            random.nextBoolean() ? Optional.of(numbers(random, tasks)) : Optional.empty(),
            random.nextBoolean()
                ? Optional.of(
                    IntStream.range(0, tasks).mapToObj(row -> numbers(random, tasks)).toList())
                : Optional.empty(),
            random.nextDouble(),
            Double.NaN,
            random.nextBoolean() ? Optional.of("it \"failed\"\n again") : Optional.empty(),
            random.nextBoolean() ? Optional.of(random.nextDouble()) : Optional.empty());
    EvaluationLine evaluation =
        new EvaluationLine(
            new Evaluation(
                "val",
                3,
                Map.of("task 0", Map.of("accuracy", random.nextDouble(), "f1", Double.NaN)),
                Map.of("accuracy", 1e-300),
                Optional.of(
                    new Evaluation.Delta(
                        Double.NaN,
                        -3.5,
                        "lower is better",
                        Map.of("task 0", List.of("accuracy")),
                        ""))),
            random.nextBoolean()
                ? Optional.of(
                    new ConstantScores(
                        Map.of("task 0", Map.of("accuracy", random.nextDouble(), "f1", Double.NaN)),
                        Map.of("task 0", 7L)))
                : Optional.empty());
    PhasesLine phases =
        new PhasesLine(
            9, 3, List.of(new PhasesLine.Rank("node", Map.of("data", random.nextDouble()))));
    RestartLine restart = new RestartLine(3, 2, "rank 1 was lost");
    EndLine end = new EndLine(7, "because it was asked to");
    String text =
        Stream.<LogLine>of(step, phases, evaluation, restart, end)
            .map(LogLine::toJson)
            .collect(Collectors.joining("\n"));
    assertThat(text.lines()).hasSize(5);
    assertThat(read(text, header(tasks))).containsExactly(step, phases, evaluation, restart, end);
  }

  @Test
  void headerAndEvaluationsComeBackAsTheyWere() {
    RunHeader header = header(3);
    assertThat(RunHeader.parse(header.toJson(), RunHeader.FILE)).isEqualTo(header);
    Evaluation evaluation =
        new Evaluation(
            "test",
            20,
            Map.of("depth", Map.of("rmse", Double.NaN)),
            Map.of("rmse", Double.NaN),
            Map.of("depth", 0.25),
            Optional.of(
                new Evaluation.Delta(1.5, 2.5, "lower is better", Map.of(), "runs/single")));
    assertThat(Evaluation.parse(evaluation.toJson(), "evaluation-test.json")).isEqualTo(evaluation);
    assertThat(evaluation.toJson())
        .contains("\"rmse\" : null", "\"rmse\" : \"needs a depth, and finite answers\"");
    SeedEvaluation average =
        new SeedEvaluation(
            "test",
            3,
            Map.of("depth", Map.of("rmse", new Spread(0.5, Double.NaN))),
            Optional.of(
                new SeedEvaluation.Delta(
                    new Spread(1.25, 0.5),
                    new Spread(-2, 0.25),
                    "lower is better",
                    Map.of("depth", List.of("rmse")))));
    assertThat(SeedEvaluation.parse(average.toJson(), "evaluation-test.json")).isEqualTo(average);
    assertThat(evaluation.toJson() + average.toJson()).doesNotContain("NaN");
  }

  @Test
  void linesThatCannotBeUsedAreCountedByTheirReason() {
    String text =
        """
        {"type":"log","format":2}
        {"type":"music","step":1}
        {"type":"step","step":1,"losses":[1],"shared":[1],"heads":[1]}

        {"type":"step","step":2,"losses":[1,2],"shared":{"parts":[[1],[2]]},"heads":[1,2]}
        {"type":"step","step":3,"losses":[1,2],"shared":{"notes":[]},"heads":[1,2]}
        {"type":"step","step":-4,"losses":[1,2],"shared":[1,2],"heads":[1,2]}
        {"type":"evaluation","step":4}
        {"type":"dance","step":5}
        {"type":"step","step":6,"losses":[1,2],"shared":[1,2],"heads":[1,2]}
        {"type":"step","step":7,"losses":[1,\
        """;
    List<LogLine> lines = new ArrayList<>();
    LogReader.Result result = result(text, header(2), lines);
    assertThat(lines).extracting(LogLine::step).containsExactly(6L);
    assertThat(result.lines()).isEqualTo(11);
    assertThat(result.skipped())
        .containsExactly(
            new LogReader.Skipped("of a type this version does not know", 2, 2, 9),
            new LogReader.Skipped("with another number of tasks than run.json", 2, 3, 5),
            new LogReader.Skipped("a step without weights", 1, 6, 6),
            new LogReader.Skipped("without a step number", 1, 7, 7),
            new LogReader.Skipped("an evaluation of no split", 1, 8, 8),
            new LogReader.Skipped("not whole JSON", 1, 11, 11));
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "0", "-1", "\"two\"", "2.5", "99999999999"})
  void aLaterFormatIsRefusedInOneSentence(String format) {
    String log = "{\"type\":\"log\",\"format\":" + format + "}\n";
    assertThatThrownBy(() -> result(log, header(2), new ArrayList<>()))
        .isInstanceOf(LogFormatException.class)
        .hasMessage(
            "metrics.jsonl is of format "
                + format
                + ", and this version reads 1 to 2: use a newer"
                + " version");
    String json = "{\"format\":" + format + ",\"run\":\"x\",\"tasks\":[\"a\"]}";
    assertThatThrownBy(() -> RunHeader.parse(json, "run.json"))
        .isInstanceOf(LogFormatException.class)
        .hasMessageStartingWith("run.json is of format");
    assertThatThrownBy(() -> Evaluation.parse(json, "evaluation-val.json"))
        .isInstanceOf(LogFormatException.class)
        .hasMessageStartingWith("evaluation-val.json is of format");
  }

  private static String old(String run, String file) throws IOException {
    String name = "format-1/" + run + "/" + file;
    try (InputStream in = LogReaderTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The runs are real ones of the last version that wrote format 1. */
  @ParameterizedTest
  @CsvSource({"sdmgrad, PARTS, 3", "gradvac, GROUPS, 3"})
  void aRunOfFormat1IsReadWithAllItsSteps(String run, Blocks blocks, int count) throws IOException {
    RunHeader header = RunHeader.parse(old(run, "run.json"), "run.json");
    assertThat(header.tasks()).containsExactly("row", "column", "diagonal");
    assertThat(header.steps()).hasValue(3);
    List<LogLine> lines = read(old(run, "metrics.jsonl"), header);
    assertThat(lines).hasSize(4);
    for (int number = 0; number < 3; number++) {
      StepLine step = (StepLine) lines.get(number);
      assertThat(step.step()).isEqualTo(number);
      assertThat(step.shared().blocks()).isEqualTo(blocks);
      assertThat(step.shared().weights()).hasSize(count);
      assertThat(step.norms()).isPresent();
      assertThat(step.cosines().isPresent()).isEqualTo(number % 2 == 0);
      if (blocks == Blocks.PARTS) {
        // The weights of SDMGrad are of a simplex.
        double sum = IntStream.range(0, 3).mapToDouble(step.shared()::ofTask).sum();
        assertThat(sum).isCloseTo(1, within(1e-12));
      }
    }
    Evaluation during = ((EvaluationLine) lines.get(3)).evaluation();
    assertThat(Evaluation.parse(old(run, "evaluation-val.json"), "evaluation-val.json"))
        .isEqualTo(during);
  }

  @Test
  void aTasksWeightIsTheSumOverPartsAndTheMeanOverGroups() {
    double[] row = {1, 2, 3, 5};
    assertThat(SharedWeights.of(Blocks.PARTS, row, 2).ofTask(1)).isEqualTo(7);
    assertThat(SharedWeights.of(Blocks.GROUPS, row, 2).ofTask(1)).isEqualTo(3.5);
    assertThatThrownBy(() -> SharedWeights.of(Blocks.ONE, row, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SharedWeights.of(Blocks.PARTS, row, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
