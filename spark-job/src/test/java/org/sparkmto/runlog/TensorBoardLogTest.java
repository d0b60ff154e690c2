package org.sparkmto.runlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorBoardLogTest {
  @TempDir Path folder;
  private final Configuration hadoop = new Configuration(false);

  @BeforeEach
  void register() {
    hadoop.setClass("fs.store.impl", MetricsLogTest.Store.class, FileSystem.class);
  }

  private TensorBoardLog open(String scheme, long from) throws IOException {
    org.apache.hadoop.fs.Path run =
        new org.apache.hadoop.fs.Path(scheme + "://" + folder.resolve("run"));
    FileSystem files = run.getFileSystem(hadoop);
    files.setWriteChecksum(false);
    RunHeader header =
        RunHeader.parse(
            "{\"format\":2,\"run\":\"r\",\"tasks\":[\"a\",\"b\"],\"globalBatch\":24}", "run.json");
    return TensorBoardLog.open(files, run, header, from);
  }

  private Path events() {
    return folder.resolve("run/tensorboard");
  }

  /** Its losses are its number and ten times that. */
  private static StepLine step(long step) {
    return new StepLine(
        step,
        0,
        List.of((double) step, 10.0 * step),
        SharedWeights.of(SharedWeights.Blocks.ONE, new double[] {0.25, 0.75}, 2),
        List.of(1.0, 1.0),
        Optional.empty(),
        Optional.empty(),
        0.5,
        12,
        Optional.empty(),
        Optional.empty());
  }

  private static EvaluationLine evaluation(long step) {
    return new EvaluationLine(
        new Evaluation(
            "val",
            step,
            Map.of("a", Map.of("accuracy", 0.5, "auc", Double.NaN)),
            Map.of(),
            Map.of("b", 2.0),
            Optional.of(new Evaluation.Delta(Double.NaN, -1.5, "higher is better", Map.of(), ""))));
  }

  private static void steps(TensorBoardLog log, int from, int to) {
    for (int step = from; step < to; step++) {
      log.append(step(step));
    }
  }

  @Test
  void aStepAndAnEvaluationSayAllTheirNumbersAtTheStepsMade() throws IOException {
    try (TensorBoardLog log = open("file", 0)) {
      steps(log, 0, 3);
      log.append(evaluation(3));
    }
    Map<String, ? extends Map<Long, Float>> seen = EventFiles.seen(events());
    assertThat(seen.get("loss/a")).containsExactly(entry(1L, 0f), entry(2L, 1f), entry(3L, 2f));
    assertThat(seen.get("loss/b").get(3L)).isEqualTo(20f);
    assertThat(seen.get("weight/b").get(1L)).isEqualTo(0.75f);
    assertThat(seen.get("learning-rate").get(1L)).isEqualTo(0.5f);
    assertThat(seen.get("samples-per-second").get(1L)).isEqualTo(2000f);
    assertThat(seen.get("val/a/accuracy")).containsExactly(entry(3L, 0.5f));
    assertThat(seen.get("val-loss/b")).containsExactly(entry(3L, 2f));
    assertThat(seen.get("val-delta/metric-weighted")).containsExactly(entry(3L, -1.5f));
    assertThat(seen).doesNotContainKeys("val/a/auc", "val-delta/task-weighted", "gradient-norm/a");
    String page = Files.readString(Path.of("..", "docs", "monitoring.md"));
    for (String tag : seen.keySet()) {
      String name =
          tag.replaceFirst("^val", "SPLIT")
              .replaceFirst("/[ab]\\b", "/TASK")
              .replace("accuracy", "METRIC");
      assertThat(page).contains("`" + name + "`");
    }
  }

  @Test
  void onALocalDiskEveryLineIsThereAtOnce() throws IOException {
    try (TensorBoardLog log = open("file", 0)) {
      steps(log, 0, 2);
      assertThat(EventFiles.seen(events()).get("loss/a")).containsOnlyKeys(1L, 2L);
    }
  }

  @Test
  void aTaskWithoutALabelHasNoLossInThatStep() throws IOException {
    StepLine whole = step(0);
    try (TensorBoardLog log = open("file", 0)) {
      log.append(
          new StepLine(
              0,
              0,
              List.of(Double.NaN, 1.0),
              whole.shared(),
              whole.heads(),
              Optional.of(List.of(0.5, 2.0)),
              Optional.empty(),
              Double.NaN,
              Double.NaN,
              Optional.empty(),
              Optional.empty()));
    }
    assertThat(EventFiles.seen(events()))
        .containsOnlyKeys("loss/b", "weight/a", "weight/b", "gradient-norm/a", "gradient-norm/b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void stepsThatAreMadeAnewAreSeenOnceAndTheEvaluationBeforeThemStays(String scheme)
      throws IOException {
    TensorBoardLog killed = open(scheme, 0);
    steps(killed, 0, 4);
    killed.append(evaluation(4));
    killed.flush();
    steps(killed, 4, 6);
    killed.append(new RestartLine(4, 2, "lost"));
    steps(killed, 4, 7);
    // Killed here; the next start resumes from step 4 once more.
    try (TensorBoardLog log = open(scheme, 4)) {
      steps(log, 4, 5);
      log.append(evaluation(8));
    }
    Map<String, ? extends Map<Long, Float>> seen = EventFiles.seen(events());
    assertThat(seen.get("loss/a")).containsOnlyKeys(1L, 2L, 3L, 4L, 5L);
    assertThat(seen.get("val/a/accuracy")).containsOnlyKeys(4L, 8L);
    assertThat(EventFiles.files(events())).hasSize(2);
    for (Path file : EventFiles.files(events())) {
      assertThat(EventFiles.read(file).get(0).version()).isEqualTo("brain.Event:2");
      assertThat(TensorBoardLog.isFile(file.getFileName().toString())).isTrue();
    }
  }

  @Test
  void whereFilesCannotGrowEveryFlushLeavesAWholeOne() throws IOException {
    try (TensorBoardLog log = open("store", 0)) {
      steps(log, 0, 2);
      log.flush();
      assertThat(EventFiles.seen(events()).get("loss/a")).containsOnlyKeys(1L, 2L);
      steps(log, 2, 3);
      log.flush();
      log.flush();
    }
    assertThat(EventFiles.files(events())).hasSize(2);
    assertThat(EventFiles.seen(events()).get("loss/a")).containsOnlyKeys(1L, 2L, 3L);
  }

  /** TensorBoard reads by name; the clock of this machine is behind that of the file. */
  @Test
  void aNewFileFollowsThoseThatAreThereWhateverTheClockSays() throws IOException {
    Files.createDirectories(events());
    Path later = events().resolve("events.out.tfevents.9999999990.000007.spark-mto");
    Files.write(later, EventRecord.version(0));
    open("file", 0).close();
    assertThat(EventFiles.files(events()))
        .containsExactly(
            later, events().resolve("events.out.tfevents.9999999990.000008.spark-mto"));
  }
}
