package org.sparkmto.runlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsLogTest {
  /** A file system whose files cannot grow, as an object store's: whole files alone. */
  public static final class Store extends RawLocalFileSystem {
    @Override
    public String getScheme() {
      return "store";
    }

    @Override
    public java.net.URI getUri() {
      return java.net.URI.create("store:///");
    }
  }

  @TempDir Path folder;
  private final Configuration hadoop = new Configuration(false);

  @BeforeEach
  void register() {
    hadoop.setClass("fs.store.impl", Store.class, FileSystem.class);
  }

  private MetricsLog open(String scheme, long from) throws IOException {
    org.apache.hadoop.fs.Path run =
        new org.apache.hadoop.fs.Path(scheme + "://" + folder.resolve("run"));
    FileSystem files = run.getFileSystem(hadoop);
    files.setWriteChecksum(false);
    return new MetricsLog(files, run, from);
  }

  private List<String> content() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("run/metrics.jsonl"));
    assertThat(lines.get(0)).isEqualTo("{\"type\":\"log\",\"format\":2}");
    return lines.subList(1, lines.size());
  }

  private static StepLine step(long step) {
    return new StepLine(
        step,
        0,
        List.of(0.5),
        SharedWeights.of(SharedWeights.Blocks.ONE, new double[] {1}, 1),
        List.of(1.0),
        Optional.empty(),
        Optional.empty(),
        0.1,
        2,
        Optional.empty(),
        Optional.empty());
  }

  private static EvaluationLine evaluation(long step) {
    return new EvaluationLine(new Evaluation("val", step, Map.of(), Map.of(), Optional.empty()));
  }

  private static void steps(MetricsLog log, int from, int to) {
    for (int step = from; step < to; step++) {
      log.append(step(step));
    }
  }

  @Test
  void onALocalDiskEveryLineIsThereAtOnce() throws IOException {
    try (MetricsLog log = open("file", 0)) {
      steps(log, 0, 2);
      assertThat(content()).containsExactly(step(0).toJson(), step(1).toJson());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void whatACheckpointDoesNotKnowIsTakenOutAndTheRestStays(String scheme) throws IOException {
    try (MetricsLog log = open(scheme, 0)) {
      steps(log, 0, 10);
      log.append(evaluation(10));
      steps(log, 10, 13);
      log.truncate(10);
      log.append(new RestartLine(10, 2, "lost"));
      steps(log, 10, 20);
      log.append(evaluation(20));
      log.flush();
      assertThat(content()).hasSize(10 + 1 + 1 + 10 + 1).doesNotHaveDuplicates();
    }
    try (MetricsLog resumed = open(scheme, 10)) {
      steps(resumed, 10, 11);
    }
    assertThat(content()).hasSize(10 + 1 + 1 + 1);
    assertThat(content().get(10)).isEqualTo(evaluation(10).toJson());
    assertThat(content().get(11)).isEqualTo(new RestartLine(10, 2, "lost").toJson());
    assertThat(content().get(12)).isEqualTo(step(10).toJson());
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void anObjectStoreSeesTheFileAfterEveryFlush(String scheme) throws IOException {
    try (MetricsLog log = open(scheme, 0)) {
      steps(log, 0, 3);
      log.flush();
      assertThat(content()).hasSize(3);
      steps(log, 3, 5);
      log.flush();
      assertThat(content()).hasSize(5);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"type\":\"step\",\"step\":2,\"lo", "{\"type\":\"st", "42", "[1", "null", ""})
  void aLineThatACrashCutOffIsDropped(String torn) throws IOException {
    Path file = folder.resolve("run/metrics.jsonl");
    try (MetricsLog log = open("file", 0)) {
      steps(log, 0, 2);
    }
    Files.writeString(file, torn, StandardOpenOption.APPEND);
    try (MetricsLog log = open("file", 2)) {
      steps(log, 2, 3);
    }
    assertThat(content()).containsExactly(step(0).toJson(), step(1).toJson(), step(2).toJson());
  }

  @Test
  void restartsAreRememberedFromTheFirstSegmentOn() throws IOException {
    try (MetricsLog log = open("file", 0)) {
      steps(log, 0, 4);
      log.truncate(0);
      log.append(new RestartLine(0, 2, "lost"));
      steps(log, 0, 2);
      log.truncate(0);
      log.append(new RestartLine(0, 3, "lost"));
    }
    assertThat(content()).hasSize(2).allMatch(line -> line.contains("restart"));
  }

  @Test
  void linesOfALaterVersionAreKeptWordForWordUpToTheirStep() throws IOException {
    Path file = folder.resolve("run/metrics.jsonl");
    try (MetricsLog log = open("file", 0)) {
      steps(log, 0, 2);
    }
    String music = "{\"type\":\"music\", \"step\":2, \"key\":\"C\"}";
    Files.writeString(
        file, music + "\n" + music.replace('2', '3') + "\n", StandardOpenOption.APPEND);
    open("file", 2).close();
    assertThat(content()).containsExactly(step(0).toJson(), step(1).toJson(), music);
  }
}
