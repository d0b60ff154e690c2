package org.sparkmto.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.cli.CommandHere;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.network.Replica;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.training.TrainedModel;
import org.sparkmto.training.TrainingRun;

/**
 * Whatever an earlier version left is read and gone on with: shards, models, checkpoints, logs,
 * pipelines, retrainings and configurations, kept as {@link VersionFixture}s. The first formats of
 * all, from before there were versions, have tests of their own: {@code DamagedRunsTest} and {@code
 * LogReaderTest}.
 *
 * <p>To record the fixture of a version, run this test with {@code -Dspark-mto.record=DIR}, a new
 * directory, copy the files that lie directly in it to a folder of the version's name, and add that
 * to {@link #VERSIONS}. A fixture is never made again: it stands for files that people have.
 */
@Tag("slow")
class EarlierVersionTest {
  /** From the earliest to the newest. */
  private static final List<String> VERSIONS = List.of("0.1.0");

  /** In single precision, on processors whose kernels add in other orders. */
  private static final double ROUNDING = 1e-4;

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static SparkSession spark;

  private Path own;

  @BeforeAll
  static void start() throws IOException {
    String asked = System.getProperty("spark-mto.record", "");
    if (!asked.isEmpty()) {
      VersionFixture.make(Path.of(asked));
    }
    spark = Photos.session();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void unpackInto() throws IOException {
    own = Files.createTempDirectory(folder, "of");
  }

  static Stream<String> versions() {
    return VERSIONS.stream();
  }

  private static TrainedModel open(Path directory) {
    return TrainedModel.open(directory.toString(), spark.sparkContext().hadoopConfiguration());
  }

  @ParameterizedTest
  @MethodSource("versions")
  void modelsAndPipelinesSayWhatTheySaid(String version) throws IOException {
    Dataset<Row> table =
        spark.read().parquet(VersionFixture.unpack(version, VersionFixture.PHOTOS, own).toString());
    List<String> said = VersionFixture.text(version, VersionFixture.PREDICTIONS).lines().toList();
    assertThat(said).hasSize(Photos.ROWS);
    Path run = VersionFixture.unpack(version, VersionFixture.RUN, own);
    assertThat(open(run).caution()).isEmpty();
    same(VersionFixture.answers(MultiTaskModel.of(run.toString()).transform(table)), said);
    Path pipeline = VersionFixture.unpack(version, VersionFixture.PIPELINE, own);
    same(VersionFixture.answers(PipelineModel.load(pipeline.toString()).transform(table)), said);
  }

  private static void same(List<String> found, List<String> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      List<String> now = List.of(found.get(i).split(" ", -1));
      List<String> then = List.of(expected.get(i).split(" ", -1));
      assertThat(now).hasSameSizeAs(then).startsWith(then.get(0));
      for (int at = 1; at < then.size(); at++) {
        double value = Double.parseDouble(then.get(at));
        assertThat(Double.parseDouble(now.get(at)))
            .as("number %d of %s", at, then.get(0))
            .isCloseTo(value, within(ROUNDING * Math.max(1, Math.abs(value))));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void aRunGoesOnFromItsCheckpointAndEndsWhereItEnded(String version) throws Exception {
    Path shards = VersionFixture.unpack(version, VersionFixture.SHARDS, own);
    Path run = VersionFixture.unpack(version, VersionFixture.RUN, own);
    float[] ended = parameters(run);
    List<Path> manifests =
        List.of(
            run.resolve("run.json"),
            run.resolve("model/manifest.json"),
            run.resolve("checkpoints/step-%08d/manifest.json".formatted(VersionFixture.STEPS)));
    List<Integer> formats = formats(manifests);
    delete(run.resolve("model"));
    delete(manifests.get(2).getParent());
    long before = steps(run);

    TrainingConfiguration configuration =
        TrainingConfiguration.parse(Files.readString(run.resolve("run.conf")))
            .with("run.directory = \"" + run + "\", data.directory = \"" + shards + "\"");
    TrainingRun.run(
        JavaSparkContext.fromSparkContext(spark.sparkContext()),
        configuration,
        TrainingRun.Start.RESUME,
        new PrintStream(PrintStream.nullOutputStream()));

    assertThat(parameters(run)).hasSameSizeAs(ended);
    assertThat(difference(parameters(run), ended)).isLessThan(ROUNDING);
    assertThat(before).isEqualTo(VersionFixture.STEPS);
    assertThat(steps(run)).isEqualTo(VersionFixture.STEPS);
    if (isNewest(version)) {
      assertThat(formats(manifests)).as("a new format needs a new fixture").isEqualTo(formats);
    }
  }

  private static boolean isNewest(String version) {
    return version.equals(VERSIONS.get(VERSIONS.size() - 1));
  }

  private static List<Integer> formats(List<Path> files) throws IOException {
    List<Integer> formats = new ArrayList<>();
    for (Path file : files) {
      formats.add(JSON.readTree(file.toFile()).path("format").intValue());
    }
    assertThat(formats).doesNotContain(0);
    return formats;
  }

  private static long steps(Path run) throws IOException {
    try (Stream<String> lines = Files.lines(run.resolve("metrics.jsonl"))) {
      return lines.filter(line -> line.contains("\"type\":\"step\"")).count();
    }
  }

  private static float[] parameters(Path run) {
    try (Replica replica = open(run).replica()) {
      float[] values = new float[Math.toIntExact(replica.parameters().length())];
      replica.parameters().read(0, values, 0, values.length);
      return values;
    }
  }

  /** Euclidean length of the difference, relative to that of what is expected. */
  private static double difference(float[] found, float[] expected) {
    double square = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      double d = (double) found[i] - expected[i];
      square += d * d;
      length += (double) expected[i] * expected[i];
    }
    return Math.sqrt(square / length);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void aRunIsEvaluatedAsItWasAndReportedWhole(String version) throws IOException {
    Path shards = VersionFixture.unpack(version, VersionFixture.SHARDS, own);
    assertThat(
            DatasetDirectory.open(shards.toString(), spark.sparkContext().hadoopConfiguration())
                .caution())
        .isEmpty();
    Path run = VersionFixture.unpack(version, VersionFixture.RUN, own);
    CommandHere report = CommandHere.run("report", run.toString(), "--out", own.toString());
    assertThat(report.code()).as(report.err()).isZero();
    assertThat(report.out().lines())
        .as("names of files, and no note about what was not read")
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).startsWith("file:"));
    assertThat(Files.readString(own.resolve("results.csv"))).contains("colour", "level", "tags");

    String file = "evaluation-val.json";
    Map<String, Map<String, Double>> then =
        Evaluation.parse(Files.readString(run.resolve(file)), file).tasks();
    Map<String, Map<String, Double>> now =
        open(run)
            .evaluate(
                JavaSparkContext.fromSparkContext(spark.sparkContext()),
                "val",
                Optional.of(shards.toString()),
                Optional.empty())
            .scores()
            .tasks();
    assertThat(then).containsOnlyKeys("colour", "bright", "level", "tags");
    then.forEach(
        (task, metrics) ->
            metrics.forEach(
                (metric, value) ->
                    assertThat(now.get(task).get(metric))
                        .as("%s of %s", metric, task)
                        .isCloseTo(value, within(ROUNDING * Math.max(1, Math.abs(value))))));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void retrainingsGoOnFromTheirHistory(String version) throws IOException {
    Path shards = VersionFixture.unpack(version, VersionFixture.SHARDS, own);
    Path all = VersionFixture.unpack(version, VersionFixture.RETRAININGS, own);
    Path nightly = own.resolve(VersionFixture.CONFIGURATION);
    Files.writeString(nightly, VersionFixture.text(version, VersionFixture.CONFIGURATION));
    TrainedModel promoted = open(all);
    promoted.verify();
    assertThat(promoted.run()).endsWith("/runs/n1");
    assertThat(CommandHere.run("history", all.toString()).out().lines())
        .satisfiesExactly(
            head -> assertThat(head).contains("decision"),
            n1 -> assertThat(n1).startsWith("*").contains("n1 ", " promoted ", " there "),
            n2 -> assertThat(n2).contains("n2 ", " kept ", " % "));

    CommandHere again = retrain(nightly, shards, all, "n2");
    assertThat(again.code()).as(again.err()).isEqualTo(3);
    assertThat(again.out()).isEqualTo(Files.readString(all.resolve("history/000002-n2.json")));
    CommandHere next = retrain(nightly, shards, all, "n3");
    assertThat(next.code()).as("their data are known: " + next.err()).isEqualTo(4);
    if (isNewest(version)) {
      List<Integer> formats =
          formats(
              List.of(
                  all.resolve("history/000002-n2.json"), all.resolve("history/000003-n3.json")));
      assertThat(formats.get(1)).as("a new format needs a new fixture").isEqualTo(formats.get(0));
    }
  }

  private static CommandHere retrain(Path nightly, Path shards, Path all, String run) {
    return CommandHere.run(
        "retrain",
        "--config",
        nightly.toString(),
        "--run-id",
        run,
        "--set",
        "data.directory=" + shards,
        "--set",
        "retrain.directory=" + all);
  }
}
