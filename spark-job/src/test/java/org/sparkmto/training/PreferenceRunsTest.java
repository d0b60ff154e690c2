package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparkmto.configuration.Preference;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.prediction.Prediction;
import org.sparkmto.prediction.PredictionRequest;
import org.sparkmto.runlog.EvaluatedFront;
import org.sparkmto.runlog.Evaluation;

/** Runs whose network is told a preference, and what it is asked for afterwards. */
@Tag("slow")
class PreferenceRunsTest extends StripesRuns {
  private static final double SAME = 1e-4;
  private static final String[] COSMOS = {"method.name = cosmos", "checkpoint.every-steps = 5"};

  @BeforeAll
  static void start() {
    open("local[2]");
  }

  private static Path trained(String name, String... settings) {
    Path run = folder.resolve(name);
    if (!Files.exists(run)) {
      Runs.train(spark, run(name, settings).with("cluster.ranks = 1"));
    }
    return run;
  }

  /** All ranks draw the same preferences, and a run that goes on draws those that were to come. */
  @Test
  void anyNumberOfRanksAndAnyInterruptionEndAlike() {
    trained("one", COSMOS);
    TrainingConfiguration two = run("two", COSMOS).with("cluster.ranks = 2");
    Runs.train(spark, two);
    assertThat(Runs.difference(parameters(two), parameters(run("one", COSMOS)))).isLessThan(SAME);
    TrainingConfiguration parts = run("parts", COSMOS).with("cluster.ranks = 2");
    Runs.train(spark, parts.with("training.steps = 7"));
    Runs.train(spark, parts, TrainingRun.Start.RESUME);
    assertThat(Runs.model(folder.resolve("parts"))).isEqualTo(Runs.model(folder.resolve("two")));
  }

  private static Map<String, EvaluatedFront> fronts(List<Path> runs, FrontEvaluation.Asked asked) {
    List<String> names = runs.stream().map(Path::toString).toList();
    names.forEach(
        name ->
            FrontEvaluation.check(name, "val", Optional.empty(), asked, new Configuration(false)));
    return new FrontEvaluation(spark, "val", Optional.empty()).of(names, asked);
  }

  @Test
  void oneNetworkAnswersToEveryPreferenceAndTheFileSaysSo() throws IOException {
    Path one = trained("one", COSMOS);
    Path other = trained("other", "method { name = cosmos, penalty = 0 }", "run.seed = 8");
    Preference all = Preference.parse("1,1,1");
    FrontEvaluation.Asked asked =
        tasks -> Stream.concat(Preference.front(1, tasks).stream(), Stream.of(all)).toList();
    Map<String, EvaluatedFront> fronts = fronts(List.of(one, other), asked);
    EvaluatedFront front = fronts.get(one.toString());
    assertThat(front.answers())
        .extracting(EvaluatedFront.Answer::preference)
        .containsExactly(
            List.of(0.0, 0.0, 1.0), List.of(0.0, 1.0, 0.0), List.of(1.0, 0.0, 0.0), all.shares());
    assertThat(front.answers().get(0).tasks()).isNotEqualTo(front.answers().get(1).tasks());
    assertThat(front.hypervolume()).isBetween(0.0, 1.0);
    assertThat(front.obeyed()).isBetween(0.0, 1.0);
    assertThat(front.counted()).containsOnlyKeys("row", "column", "diagonal");
    String name = EvaluatedFront.file("val");
    assertThat(EvaluatedFront.isFile(name)).isTrue();
    assertThat(EvaluatedFront.parse(Files.readString(one.resolve(name)), name)).isEqualTo(front);

    // What was judged while it trained is what it says to equal shares.
    Evaluation usual =
        ModelEvaluation.known(
            TrainedModel.open(one.toString(), spark.hadoopConfiguration()), spark, "val");
    usual
        .tasks()
        .forEach(
            (task, values) ->
                assertThat(front.answers().get(3).tasks().get(task)).containsAllEntriesOf(values));
  }

  /** The option says what is usual, and nothing of the training. */
  @Test
  void whatIsUsuallyAskedForDoesNotChangeTheTraining() {
    Path one = trained("one", COSMOS);
    Path first =
        trained(
            "first",
            "method { name = cosmos, preferences = [2, 0, 0] }",
            "checkpoint.every-steps = 5");
    assertThat(Runs.model(first)).isEqualTo(Runs.model(one));
    assertThat(losses(first)).isNotEqualTo(losses(one));
    // Same weights, other answers: what is kept of one is not taken for the other's.
    TrainedModel model = TrainedModel.open(one.toString(), spark.hadoopConfiguration());
    TrainedModel asked = TrainedModel.open(first.toString(), spark.hadoopConfiguration());
    assertThat(asked.digest()).isEqualTo(model.digest());
    assertThat(FrontEvaluation.usual(asked).orElseThrow()).hasToString("1:0:0");
    assertThat(FrontEvaluation.usual(model).orElseThrow()).hasToString("0.3333:0.3333:0.3333");
    assertThat(KeptEvaluations.identity(model)).isEqualTo(model.digest());
    assertThat(KeptEvaluations.identity(asked)).hasSize(64).isNotEqualTo(model.digest());
  }

  @Test
  void aDryRunAndTheRunSayThatTheNetworkIsTold() throws IOException {
    String told =
        "its network is told a preference in every step, as 3 further channels of its image, and"
            + " judged by 0.5:0:0.5";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TrainingRun.dryRun(
        run("dry", "method { name = cosmos, preferences = [1, 0, 1] }"),
        TrainingRun.Start.NEW,
        new Configuration(false),
        new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("# " + told + "\n");
    assertThat(Files.readString(trained("one", COSMOS).resolve("run.json")))
        .contains("the losses of all tasks; its network is told a preference in every step");
    assertThat(Files.readString(trained("plain", "method.name = ew").resolve("run.json")))
        .doesNotContain("preference");
  }

  private static List<String> losses(Path run) {
    return Runs.lines(run, "evaluation").stream()
        .map(line -> line.path("losses").toString())
        .toList();
  }

  private static List<Row> predicted(Path run, String out, Optional<Preference> preference) {
    PredictionRequest request =
        new PredictionRequest(
            run.toString(),
            new PredictionRequest.Source.Split("val"),
            Optional.empty(),
            preference,
            folder.resolve(out).toString(),
            PredictionRequest.Drawn.first(0),
            false,
            false,
            OptionalInt.empty(),
            0,
            false);
    SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
    Prediction.run(session, request, line -> {});
    return session
        .read()
        .parquet(folder.resolve(out).resolve("predictions").toString())
        .orderBy("sample_id")
        .collectAsList();
  }

  @Test
  void predictionsAreOfWhatIsAskedFor() throws IOException {
    Path one = trained("one", COSMOS);
    List<Row> usual = predicted(one, "said-usually", Optional.empty());
    assertThat(predicted(one, "said-alike", Optional.of(Preference.parse("5,5,5"))))
        .isEqualTo(usual);
    assertThat(predicted(one, "said-first", Optional.of(Preference.parse("1,0,0"))))
        .isNotEqualTo(usual);
    assertThat(Files.readString(folder.resolve("said-first/_predictions.json")))
        .contains("\"preference\" : \"1:0:0\"");
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    Path plain = trained("plain", "method.name = ew");
    Path one = trained("one", COSMOS);
    assertThatThrownBy(() -> fronts(List.of(plain), tasks -> List.of(Preference.parse("1,1,1"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("can be asked for no preference")
        .hasMessageContaining("leave out --preference");
    assertThatThrownBy(() -> fronts(List.of(one), tasks -> List.of(Preference.parse("1,1"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("one share for each of 3 tasks");
    assertThatThrownBy(() -> predicted(plain, "refused", Optional.of(Preference.parse("1,0,0"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("can be asked for no preference");
  }

  @Test
  void networksThatCannotBeToldAreRefusedBeforeThereAreData() {
    assertThatThrownBy(
            () ->
                run(
                    "files",
                    "method.name = cosmos",
                    "network = null",
                    "network { name = torchscript, encoder = e.pt, head = h.pt }"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the files of 'torchscript' read the image alone");
  }

  @Test
  void preferencesAreReadAndCounted() {
    assertThat(Preference.parse("3, 1").shares()).containsExactly(0.75, 0.25);
    for (String wrong : List.of("", "a,1", "1,-1", "0,0", "NaN,1", "1;2")) {
      assertThatThrownBy(() -> Preference.parse(wrong))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("is no preference");
    }
    assertThat(Preference.front(4, 2))
        .extracting(Preference::toString)
        .containsExactly("0:1", "0.25:0.75", "0.5:0.5", "0.75:0.25", "1:0");
    // Das and Dennis: as many as there are ways to put 5 parts into 4 shares.
    assertThat(Preference.front(5, 4)).hasSize(56).doesNotHaveDuplicates();
    assertThatThrownBy(() -> Preference.front(5, 40)).hasMessageContaining("at most 200");
    assertThatThrownBy(() -> Preference.front(0, 2)).hasMessageContaining("1 step or more");
  }
}
