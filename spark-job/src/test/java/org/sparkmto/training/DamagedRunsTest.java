package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.SealedJson;
import org.sparkmto.options.ConfigurationException;

/** Runs whose files were damaged, replaced or taken over: nothing is computed from them unseen. */
@Tag("slow")
class DamagedRunsTest extends StripesRuns {
  private static final String[] SETTINGS = {
    "method.name = imtl", "optimizer.name = adam", "checkpoint { every-steps = 5, keep = 3 }"
  };

  private static Path undisturbed;

  private Path run;

  @BeforeAll
  static void start() {
    open("local[2]");
    undisturbed = folder.resolve("undisturbed");
    Runs.train(spark, Runs.configuration(data, undisturbed, SETTINGS));
  }

  @BeforeEach
  void copy(TestInfo test) throws IOException {
    String name = test.getTestMethod().orElseThrow().getName() + "-" + test.hashCode();
    run = folder.resolve(name);
    copyTree(undisturbed, run);
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private TrainingConfiguration configuration(String... more) {
    return Runs.configuration(
        data, run, Stream.concat(Stream.of(SETTINGS), Stream.of(more)).toArray(String[]::new));
  }

  private Path checkpoint(int step, String file) {
    return run.resolve("checkpoints/step-%08d/%s".formatted(step, file));
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 3] ^= 0x20;
    Files.write(file, bytes);
  }

  private TrainedModel open() {
    return TrainedModel.open(run.toString(), spark.hadoopConfiguration());
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a bit", "another checkpoint's", "empty", "missing"})
  void weightsThatAreNotTheModelsAreNeverUsed(String damage) throws IOException {
    Path weights = run.resolve("model/model.safetensors");
    switch (damage) {
      case "a bit" -> flip(weights);
      case "empty" -> Files.write(weights, new byte[0]);
      case "missing" -> Files.delete(weights);
      default ->
          Files.copy(
              checkpoint(15, "model.safetensors"), weights, StandardCopyOption.REPLACE_EXISTING);
    }
    String words =
        damage.equals("missing")
            ? "model.safetensors is missing"
            : "model.safetensors is not what was written";
    assertThatThrownBy(() -> open().evaluate(spark, "val", Optional.empty(), Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("does not fit");
    // As an executor does, in predicting and evaluating.
    TrainedModel here =
        TrainedModel.of(open().location(), open().manifest(), spark.hadoopConfiguration());
    assertThatThrownBy(() -> here.replica(StripesDataset.open(data).manifest()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(words);
    assertThat(run.resolve("evaluation-val.json")).doesNotExist();
  }

  @Test
  void aModelOfTheFirstFormatIsUsedAndThatIsSaid() throws Exception {
    Path manifest = run.resolve("model/manifest.json");
    assertThat(open().caution()).isEmpty();
    Files.writeString(manifest, CheckpointsTest.unsealed(Files.readString(manifest)));
    assertThat(open().caution().orElseThrow()).contains("format 1");
    assertThat(open().evaluate(spark, "val", Optional.empty(), Optional.empty()).scores().tasks())
        .isNotEmpty();
    for (int step = 10; step <= 20; step += 5) {
      Path of = checkpoint(step, "manifest.json");
      Files.writeString(of, CheckpointsTest.unsealed(Files.readString(of)));
    }
    assertThat(Runs.train(spark, configuration(), TrainingRun.Start.RESUME))
        .containsOnlyOnce("step-00000020/manifest.json is of format 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.safetensors",
        "optimizer.safetensors",
        "aggregator.safetensors",
        "manifest.json"
      })
  void aRunGoesOnFromTheNewestSoundCheckpointAndSaysSo(String file) throws IOException {
    flip(checkpoint(20, file));
    Files.writeString(checkpoint(10, "manifest.json"), "{\"format\"");
    delete(run.resolve("model"));
    String console = Runs.train(spark, configuration(), TrainingRun.Start.RESUME);
    assertThat(console.lines().filter(line -> line.contains("a checkpoint is skipped: ")))
        .hasSize(1)
        .allSatisfy(line -> assertThat(line).contains("step-00000020/" + file));
    assertThat(console).contains("steps 15 to 20");
    assertThat(Runs.model(run)).isEqualTo(Runs.model(undisturbed));
    assertThat(Runs.steps(run)).isEqualTo(LongStream.range(0, 20).boxed().toList());
  }

  @Test
  void anOldDamagedManifestEndsNoHealthyRun() throws IOException {
    Files.writeString(checkpoint(10, "manifest.json"), "{\"format\"");
    String console =
        Runs.train(spark, configuration("training.steps = 30"), TrainingRun.Start.RESUME);
    assertThat(console).contains("steps 20 to 30").doesNotContain("skipped");
    assertThat(Runs.steps(run)).hasSize(30);
  }

  @Test
  void withoutASoundCheckpointTheRunIsRefused() throws IOException {
    for (int step = 10; step <= 20; step += 5) {
      flip(checkpoint(step, "optimizer.safetensors"));
    }
    assertThatThrownBy(() -> Runs.train(spark, configuration(), TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("none of the checkpoints of")
        .hasMessageContaining("step-00000010/optimizer.safetensors");
  }

  /** As after a lost executor: the next attempt begins at files that were sound an hour ago. */
  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "optimizer.safetensors", "aggregator.safetensors"})
  void anAttemptDoesNotBeginAtADamagedCheckpoint(String file) throws IOException {
    TrainingConfiguration configuration = configuration("training.steps = 30", "cluster.ranks = 2");
    RunDirectory directory = RunDirectory.of(run.toString(), spark.hadoopConfiguration());
    Checkpoint twenty = new Checkpoints(directory).newestSound().checkpoint().orElseThrow();
    flip(checkpoint(20, file));
    SegmentAttempts attempts =
        new SegmentAttempts(
            spark,
            RunPlan.of(configuration, spark.hadoopConfiguration()),
            new Ranks(2, 1, GpuTasks.none()),
            directory,
            new RunListener() {},
            RunStop.watching(configuration));
    assertThatThrownBy(() -> attempts.make(20, 25, twenty))
        .isInstanceOf(SegmentAttempts.StartDamaged.class)
        .hasMessageContaining("step-00000020/" + file + " is not what was written");
  }

  @Test
  void aDamagedBestCheckpointDoesNotBecomeTheModel() throws Exception {
    Path own = folder.resolve("best");
    TrainingConfiguration configuration =
        Runs.configuration(
            data,
            own,
            "optimizer.name = sgd, schedule.rate = 0.3, checkpoint { every-steps = 5, keep = 1 }",
            "selection { model = best, patience = 4 }",
            "training.steps = 150");
    Runs.train(spark, configuration);
    Path published = own.resolve("model/manifest.json");
    String before = Files.readString(published);
    Checkpoints checkpoints =
        new Checkpoints(RunDirectory.of(own.toString(), spark.hadoopConfiguration()));
    String best = checkpoints.all().get(0).selection().best().orElseThrow();
    assertThat(best).isNotEqualTo(checkpoints.all().get(0).directory());
    flip(own.resolve(best).resolve("model.safetensors"));
    assertThatThrownBy(() -> Runs.train(spark, configuration, TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(best + "/model.safetensors is not what was written, so it does not")
        .hasMessageContaining("become the model of");
    assertThat(published).hasContent(before);
    Files.writeString(own.resolve(best).resolve("manifest.json"), "{");
    assertThatThrownBy(() -> Runs.train(spark, configuration, TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(best + "/manifest.json is not JSON")
        .hasMessageContaining("calls it the best");
    assertThat(published).hasContent(before);
  }

  @Test
  void dataThatWereReplacedUnderTheirPathAreNotTakenForThoseOfTheRun() throws IOException {
    Path moved = folder.resolve("moved");
    copyTree(data, moved);
    Path own = folder.resolve("replaced");
    Runs.train(spark, Runs.configuration(moved, own, "training.steps = 2"));
    Path manifest = moved.resolve("_dataset.json");
    Files.writeString(
        manifest,
        SealedJson.seal(
            Files.readString(manifest).replaceFirst("\"digest\" : \"00\"", "\"digest\" : \"01\"")));
    TrainedModel model = TrainedModel.open(own.toString(), spark.hadoopConfiguration());
    assertThatThrownBy(() -> model.evaluate(spark, "val", Optional.empty(), Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("moved is not the data set that")
        .hasMessageContaining("(other: digest of ")
        .hasMessageContaining("--data");
    assertThat(
            model
                .evaluate(spark, "val", Optional.of(moved.toString()), Optional.empty())
                .scores()
                .tasks())
        .isNotEmpty();
    Files.writeString(manifest, Files.readString(manifest).replace("12, 12", "12, 16"));
    assertThatThrownBy(
            () -> model.evaluate(spark, "val", Optional.of(moved.toString()), Optional.empty()))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("its digest is another");
    Files.writeString(manifest, SealedJson.seal(Files.readString(manifest)));
    assertThatThrownBy(
            () -> model.evaluate(spark, "val", Optional.of(moved.toString()), Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("does not fit data set 'stripes'");
  }

  @Test
  void aModelKnowsItsDataFromAnyWorkingDirectory() {
    Path here = Path.of("").toAbsolutePath().relativize(data.toAbsolutePath());
    Path own = folder.resolve("relative");
    Runs.train(spark, Runs.configuration(here, own, "training.steps = 2"));
    assertThat(TrainedModel.open(own.toString(), spark.hadoopConfiguration()).dataDirectory())
        .isEqualTo("file:" + data);
  }

  @Test
  void aDirectoryInWhichARunLivesIsNotTakenByAnother() throws Exception {
    RunDirectory directory = RunDirectory.of(run.toString(), spark.hadoopConfiguration());
    byte[] log = Files.readAllBytes(run.resolve("metrics.jsonl"));
    try (RunLease lease = RunLease.take(directory, false, RunLease.Times.USUAL)) {
      for (TrainingRun.Start start :
          List.of(TrainingRun.Start.RESUME, TrainingRun.Start.OVERWRITE)) {
        assertThatThrownBy(() -> Runs.train(spark, configuration("training.steps = 30"), start))
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("is in use by process " + ProcessHandle.current().pid());
      }
      lease.requireHeld();
    }
    assertThat(Files.readAllBytes(run.resolve("metrics.jsonl"))).isEqualTo(log);
    assertThat(Runs.train(spark, configuration("training.steps = 25"), TrainingRun.Start.RESUME))
        .contains("steps 20 to 25");
    assertThat(run.resolve(LeaseFile.NAME)).doesNotExist();
  }

  @Test
  void aRunThatLosesItsDirectoryEndsWithoutAnotherCheckpoint() {
    RunDirectory directory = RunDirectory.of(run.toString(), spark.hadoopConfiguration());
    OwnerProcess other = new OwnerProcess("node-7", 4711, "elsewhere", "");
    PrintStream console =
        new PrintStream(
            new ByteArrayOutputStream() {
              @Override
              public synchronized void write(byte[] bytes, int at, int length) {
                if (new String(bytes, at, length, StandardCharsets.UTF_8).contains("20 to 30")) {
                  try {
                    new LeaseFile(directory)
                        .replace(
                            new LeaseFile.Content("other", other, Instant.now(), Instant.now()));
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }
              }
            },
            true,
            StandardCharsets.UTF_8);
    assertThatThrownBy(
            () ->
                TrainingRun.run(
                    spark, configuration("training.steps = 30"), TrainingRun.Start.RESUME, console))
        .isInstanceOf(TrainingFailedException.class)
        .hasMessageContaining("is no longer this run's: process 4711 of node-7 has taken it over");
    assertThat(new Checkpoints(directory).all().get(0).step()).isEqualTo(20);
    assertThat(run.resolve(LeaseFile.NAME)).content().contains("node-7");
  }
}
