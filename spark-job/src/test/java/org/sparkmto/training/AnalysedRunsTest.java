package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.cli.CommandHere;
import org.sparkmto.configuration.TrainingConfiguration;

/** Runs that analyse their gradients, and the command that analyses their checkpoints. */
class AnalysedRunsTest extends StripesRuns {
  private static final String EVERY = "analyze { every = 2, samples = 3 }";
  private static final String SEGMENTS = "checkpoint { every-steps = 4, keep = 9 }";

  @BeforeAll
  static void begin() {
    open("local[2]");
  }

  private static TrainingConfiguration configuration(String name, String... more) {
    List<String> lines = new ArrayList<>(List.of(more));
    lines.add("training.steps = 8");
    lines.add(SEGMENTS);
    return run(name, lines.toArray(String[]::new));
  }

  private static Path train(String name, String... more) {
    Runs.train(spark, configuration(name, more));
    return folder.resolve(name);
  }

  /** Of floats, summed by other numbers of ranks, written with the digits of a float. */
  private static void assertClose(JsonNode found, JsonNode wanted, String at) {
    assertThat(found.getNodeType()).as(at).isEqualTo(wanted.getNodeType());
    assertThat(found.size()).as(at).isEqualTo(wanted.size());
    if (wanted.isNumber()) {
      // The smallest singular value has the rounding of the largest.
      double scale = at.contains("log10-condition") ? Math.pow(10, wanted.asDouble()) : 1;
      double size = Math.max(1, Math.abs(wanted.asDouble()));
      assertThat(found.asDouble())
          .as(at)
          .isCloseTo(wanted.asDouble(), within(1e-6 * Math.max(scale, size)));
    }
    if (wanted.isObject()) {
      wanted
          .properties()
          .forEach(
              field ->
                  assertClose(
                      found.path(field.getKey()), field.getValue(), at + " " + field.getKey()));
    }
    for (int i = 0; wanted.isArray() && i < wanted.size(); i++) {
      assertClose(found.path(i), wanted.path(i), at + " " + i);
    }
  }

  @Test
  void twoRanksFindWhatOneFindsAndTheRunKeepsItsBits() {
    Path plain = train("plain", "method.name = uw", "cluster.ranks = 2");
    Path two = train("two", "method.name = uw", "cluster.ranks = 2", EVERY);
    assertThat(Runs.model(two)).isEqualTo(Runs.model(plain));
    Path one = train("one", "method.name = uw", "cluster.ranks = 1", EVERY);
    List<JsonNode> found = Runs.lines(two, "analysis");
    List<JsonNode> wanted = Runs.lines(one, "analysis");
    assertThat(found)
        .extracting(line -> line.path("step").asLong())
        .containsExactly(0L, 2L, 4L, 6L);
    assertClose(found.get(0), wanted.get(0), "step 0");
    assertThat(Runs.lines(plain, "analysis")).isEmpty();
  }

  @Test
  void aRunThatIsResumedAnalysesTheSame() {
    Path whole = train("whole", "method.name = ew", "cluster.ranks = 2", EVERY);
    TrainingConfiguration half =
        configuration("halves", "method.name = ew", "cluster.ranks = 2", EVERY);
    Runs.train(spark, half.with("training.steps = 4"));
    Runs.train(spark, half, TrainingRun.Start.RESUME);
    assertThat(Runs.lines(folder.resolve("halves"), "analysis"))
        .isEqualTo(Runs.lines(whole, "analysis"));
  }

  /** With all that optimiser and method remember, also where tasks have optimisers of their own. */
  @ParameterizedTest
  @CsvSource({"mao, adam", "moco, sgd"})
  void checkpointsGiveWhatTheRunItselfFound(String method, String optimizer) throws Exception {
    Path run =
        train(
            method + "-checkpoints",
            "method.name = " + method,
            "optimizer.name = " + optimizer,
            "cluster.ranks = 1",
            EVERY);
    List<String> before = files(run);
    Path out = folder.resolve(method + "-out");
    CommandHere command =
        CommandHere.run(
            "analyze",
            "gradients",
            run.toString(),
            "--samples",
            "3",
            "--threads",
            "1",
            "--out",
            out.toString());
    assertThat(command.err()).isEmpty();
    assertThat(command.code()).isZero();
    assertThat(command.out()).contains("step 4 ", "step 8 ", "between tasks", "analysis.html");
    assertThat(files(run)).isEqualTo(before);
    JsonNode found = new ObjectMapper().readTree(out.resolve("analysis.json").toFile());
    assertThat(found.path("analyses").size()).isEqualTo(2);
    assertClose(found.path("analyses").path(0), Runs.lines(run, "analysis").get(2), "step 4");

    Path logged = folder.resolve(method + "-logged");
    CommandHere.done(
        "analyze", "gradients", run.toString(), "--logged", "--out", logged.toString());
    assertThat(Files.readString(logged.resolve("analysis.csv")))
        .contains(",step,6,", ",epoch,,0,", ",run,,,network,shared,");
  }

  private static List<String> files(Path run) throws Exception {
    try (Stream<Path> all = Files.walk(run)) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  @Test
  void whatCannotBeAnalysedIsRefused() {
    TrainingConfiguration configuration =
        configuration("unlogged", "method.name = ew", "cluster.ranks = 1");
    Runs.train(spark, configuration);
    Path run = folder.resolve("unlogged");
    assertRefused("has no analysis in its log", run.toString(), "--logged");
    assertRefused("is not the directory of a run", folder.resolve("nowhere").toString());
    assertRefused("steps and threads must be 1 or more", run.toString(), "--steps", "0");
    assertRefused("analyze.samples = 99", run.toString(), "--samples", "99");
    // What is written beside the run is the run's own.
    CommandHere.done("analyze", "gradients", run.toString(), "--samples", "0", "--threads", "1");
    assertThat(run.resolve("analysis.html")).exists();
    Runs.train(spark, configuration, TrainingRun.Start.OVERWRITE);
    assertThat(run.resolve("analysis.html")).doesNotExist();
  }

  private static void assertRefused(String reason, String... arguments) {
    List<String> all = new ArrayList<>(List.of("analyze", "gradients"));
    all.addAll(List.of(arguments));
    CommandHere command = CommandHere.run(all.toArray(String[]::new));
    assertThat(command.code()).as(reason).isEqualTo(2);
    assertThat(command.err()).contains(reason);
  }
}
