package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
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

  private RunDirectory run(String scheme) {
    return RunDirectory.of(scheme + "://" + folder.resolve("run"), hadoop);
  }

  private List<String> content() throws IOException {
    return Files.readAllLines(folder.resolve("run/metrics.jsonl"));
  }

  private static void steps(MetricsLog log, int from, int to) {
    for (int step = from; step < to; step++) {
      log.append(MetricsLog.line("step", step));
    }
  }

  @Test
  void onALocalDiskEveryLineIsThereAtOnce() throws IOException {
    try (MetricsLog log = new MetricsLog(run("file"), 0)) {
      steps(log, 0, 2);
      assertThat(content())
          .containsExactly("{\"type\":\"step\",\"step\":0}", "{\"type\":\"step\",\"step\":1}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void whatACheckpointDoesNotKnowIsTakenOutAndTheRestStays(String scheme) throws IOException {
    try (MetricsLog log = new MetricsLog(run(scheme), 0)) {
      steps(log, 0, 10);
      log.append(MetricsLog.line("evaluation", 10));
      steps(log, 10, 13);
      log.truncate(10);
      log.append(MetricsLog.line("restart", 10).put("attempt", 2));
      steps(log, 10, 20);
      log.append(MetricsLog.line("evaluation", 20));
      log.flush();
      assertThat(content()).hasSize(10 + 1 + 1 + 10 + 1).doesNotHaveDuplicates();
    }
    try (MetricsLog resumed = new MetricsLog(run(scheme), 10)) {
      steps(resumed, 10, 11);
    }
    assertThat(content()).hasSize(10 + 1 + 1 + 1);
    assertThat(content().get(10)).isEqualTo("{\"type\":\"evaluation\",\"step\":10}");
    assertThat(content().get(11)).isEqualTo("{\"type\":\"restart\",\"step\":10,\"attempt\":2}");
    assertThat(content().get(12)).isEqualTo("{\"type\":\"step\",\"step\":10}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void anObjectStoreSeesTheFileAfterEveryFlush(String scheme) throws IOException {
    try (MetricsLog log = new MetricsLog(run(scheme), 0)) {
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
    try (MetricsLog log = new MetricsLog(run("file"), 0)) {
      steps(log, 0, 2);
    }
    Files.writeString(file, torn, StandardOpenOption.APPEND);
    try (MetricsLog log = new MetricsLog(run("file"), 2)) {
      steps(log, 2, 3);
    }
    assertThat(content())
        .containsExactly(
            "{\"type\":\"step\",\"step\":0}",
            "{\"type\":\"step\",\"step\":1}",
            "{\"type\":\"step\",\"step\":2}");
  }

  @Test
  void restartsAreRememberedFromTheFirstSegmentOn() throws IOException {
    try (MetricsLog log = new MetricsLog(run("file"), 0)) {
      steps(log, 0, 4);
      log.truncate(0);
      log.append(MetricsLog.line("restart", 0).put("attempt", 2));
      steps(log, 0, 2);
      log.truncate(0);
      log.append(MetricsLog.line("restart", 0).put("attempt", 3));
    }
    assertThat(content()).hasSize(2).allMatch(line -> line.contains("restart"));
  }

  @Test
  void numbersThatAreNotFiniteBecomeNull() {
    ObjectNode line = MetricsLog.line("step", 1);
    MetricsLog.put(line, "losses", new double[] {0.5, Double.NaN, Double.POSITIVE_INFINITY});
    assertThat(line.toString())
        .isEqualTo("{\"type\":\"step\",\"step\":1,\"losses\":[0.5,null,null]}");
  }
}
