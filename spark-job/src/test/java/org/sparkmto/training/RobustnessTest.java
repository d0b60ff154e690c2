package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.experiment.Robustness;
import org.sparkmto.experiment.RobustnessTable;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.preprocessing.corruption.CorruptionCondition;
import org.sparkmto.preprocessing.job.Corrupting;
import org.sparkmto.preprocessing.job.CorruptionRequest;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.preprocessing.samples.SampleGeneration;
import org.sparkmto.preprocessing.samples.SamplesRequest;

/** From clean shards to the figure of the paper, by what the commands run. */
class RobustnessTest {
  private static final List<CorruptionCondition> CONDITIONS =
      CorruptionCondition.of(List.of("gaussian-noise", "contrast"), List.of(5));

  /** By run and data: to evaluate is what takes long here. */
  private static final Map<String, Scores> EVALUATED = new HashMap<>();

  @TempDir private static Path folder;

  private static JavaSparkContext spark;

  @BeforeAll
  static void prepare() {
    spark = Runs.spark("local[2]");
    SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
    SampleGeneration.write(
        session, SamplesRequest.of("multi-fashion", path("raw")).withCounts(120, 24, 40));
    Preprocessing.run(
        session,
        PreprocessingRequest.of("multi-fashion", path("raw"), path("shards")).withShards(1));
    corrupt(session, "corrupted", CONDITIONS, false, "test");
    corrupt(session, "mixed", CONDITIONS, true, "train", "val");
    Runs.train(spark, run("shards", "clean"));
    Runs.trainSingleTasks(spark, run("shards", "single"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  private static void corrupt(
      SparkSession session,
      String out,
      List<CorruptionCondition> conditions,
      boolean mixed,
      String... splits) {
    CorruptionRequest request =
        new CorruptionRequest(
            path("shards"), path(out), conditions, List.of(splits), 3, mixed, false);
    Corrupting.run(session, request, (directory, took) -> {});
  }

  private static TrainingConfiguration run(String data, String name, String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("training.steps = 12");
    return Runs.configuration(
        folder.resolve(data), folder.resolve(name), all.toArray(new String[0]));
  }

  private static Robustness.Settings settings(String run, Optional<String> baseline) {
    return new Robustness.Settings(
        List.of(path(run)), path("corrupted"), Optional.empty(), baseline, "test", path("out"));
  }

  /** What the console said, a line for each evaluation that was made. */
  private static List<String> robustness(Robustness.Settings settings) throws IOException {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    Robustness.run(spark, settings, new PrintStream(console, true, StandardCharsets.UTF_8));
    return console.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static Scores evaluated(String run, String data) {
    return TrainedModel.open(path(run), spark.hadoopConfiguration())
        .evaluate(spark, "test", Optional.of(path(data)), Optional.empty())
        .scores();
  }

  private static List<String> files(String directory) throws IOException {
    try (Stream<Path> walk = Files.walk(folder.resolve(directory))) {
      return walk.map(Path::toString).sorted().toList();
    }
  }

  @Test
  void theFigureIsThatOfEvaluationsOneByOneAndNoneIsMadeTwice() throws IOException {
    List<String> before = files("clean");
    Robustness.Settings settings = settings("clean", Optional.of(path("single")));
    List<String> said = robustness(settings);
    assertThat(said).hasSize(9); // three networks on three data sets
    assertThat(said.get(1)).contains("2 of 9", "clean on gaussian-noise-5");
    assertThat(files("clean")).isEqualTo(before);
    JsonNode json =
        new ObjectMapper().readTree(Files.readString(folder.resolve("out/robustness.json")));
    for (String task : List.of("left", "right")) {
      double sum = 0;
      for (CorruptionCondition condition : CONDITIONS) {
        String corrupted = "corrupted/" + condition.label();
        sum +=
            accuracy("clean", corrupted, task) / accuracy("clean", "shards", task)
                - accuracy("single/" + task, corrupted, task)
                    / accuracy("single/" + task, "shards", task);
      }
      assertThat(json.at("/runs/0/seeds/0/" + task + "/accuracy/robustness").asDouble())
          .as(task)
          .isCloseTo(sum / 2, within(1e-12));
    }
    assertThat(files("out"))
        .filteredOn(name -> name.contains("robustness."))
        .extracting(name -> name.substring(name.lastIndexOf('.')))
        .containsExactly(".csv", ".html", ".json", ".md");

    String table = Files.readString(folder.resolve("out/robustness.md"));
    assertThat(robustness(settings)).isEmpty();
    Path one =
        Path.of(files("out/evaluations").stream().filter(f -> f.endsWith(".json")).toList().get(2));
    Files.writeString(one, Files.readString(one).replace("\"split\"", "\"splat\""));
    assertThat(robustness(settings)).hasSize(1);
    assertThat(Files.readString(folder.resolve("out/robustness.md"))).isEqualTo(table);
  }

  private static double accuracy(String run, String data, String task) {
    return EVALUATED
        .computeIfAbsent(run + " on " + data, name -> evaluated(run, data))
        .tasks()
        .get(task)
        .get("accuracy");
  }

  /** The paper's way: heads learn on images of which each is corrupted in its own way. */
  @Test
  void headsAreFineTunedOnAFrozenBackboneThatSeesImagesAsBefore() throws IOException {
    Runs.train(
        spark,
        run(
            "mixed",
            "tuned",
            "start.model = \"" + path("clean") + "\"",
            "update.freeze-encoder-steps = -1"));
    assertThat(statistics("tuned")).isEqualTo(statistics("clean"));
    Robustness.Settings settings =
        new Robustness.Settings(
            List.of(path("tuned")),
            path("corrupted"),
            Optional.empty(),
            Optional.empty(),
            "test",
            path("tuned-out"));
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    RobustnessTable table =
        Robustness.run(spark, settings, new PrintStream(console, true, StandardCharsets.UTF_8));
    assertThat(table.toMarkdown()).contains("| left accuracy |").contains("below 0");
  }

  /** What the inputs of a run's model are standardised by. */
  private static JsonNode statistics(String run) throws IOException {
    String manifest = TrainedModel.open(path(run), spark.hadoopConfiguration()).manifest();
    return new ObjectMapper().readTree(manifest).required("statistics");
  }

  @Test
  void dataSetsThatDoNotBelongTogetherAreRefused() {
    assertThatThrownBy(() -> robustness(settings("nothing", Optional.empty())))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("holds no trained model");
    assertThatThrownBy(() -> robustness(settings("clean", Optional.of(path("clean")))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("holds no network of task 'left'");
    Robustness.Settings other =
        new Robustness.Settings(
            List.of(path("clean")),
            path("corrupted"),
            Optional.of(path("corrupted/contrast-5")),
            Optional.empty(),
            "test",
            path("other"));
    assertThatThrownBy(() -> robustness(other))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("was made of another split 'test'");
  }
}
