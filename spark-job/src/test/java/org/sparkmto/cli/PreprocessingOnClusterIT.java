package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cluster.StandaloneCluster;
import org.sparkmto.cluster.SubmittedApplication;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;

/** Preprocessing on a standalone cluster whose executors and drivers are killed. */
class PreprocessingOnClusterIT {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final String SHARDS = "40";

  @TempDir static Path folder;

  private static StandaloneCluster cluster;
  private static DatasetManifest undisturbed;

  @BeforeAll
  static void start() {
    here("samples", "fashion-40", "--out", raw(), "--train", "800", "--val", "0", "--test", "40");
    here(preprocessing("undisturbed"));
    undisturbed = manifest("undisturbed");
    cluster = StandaloneCluster.start(2, 1);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** The driver of the first run is killed, and in the second, which completes it, an executor. */
  @Test
  void aKilledDriverLeavesNothingThatAReaderAcceptsAndAKilledExecutorCostsNothingButTime() {
    SubmittedApplication application = preprocess("killed");
    awaitFirstFile(application, Set.of());
    application.driver().destroyForcibly();
    assertThat(application.waitFor(LONG)).isEqualTo(137);
    String directory = folder.resolve("killed").toString();
    assertThatThrownBy(() -> DatasetDirectory.open(directory, new Configuration()))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("its preprocessing has not finished");
    assertThat(application.awaitExecutors(0, LONG)).isEmpty();
    Set<Path> before = files();

    SubmittedApplication again = preprocess("killed");
    awaitFirstFile(again, before);
    again.awaitExecutors(2, LONG).get(0).destroyForcibly();
    assertThat(again.waitFor(LONG)).as(again::stderr).isZero();
    assertSameAsUndisturbed("killed");
  }

  private static void assertSameAsUndisturbed(String name) {
    DatasetManifest manifest = manifest(name);
    assertThat(manifest.splits().keySet()).isEqualTo(undisturbed.splits().keySet());
    manifest
        .splits()
        .forEach(
            (split, written) -> {
              assertThat(written.rows()).isEqualTo(undisturbed.split(split).rows());
              assertThat(written.digest()).isEqualTo(undisturbed.split(split).digest());
            });
    assertThat(manifest.sources()).isEqualTo(undisturbed.sources());
  }

  /** Waits until a task has committed a file that was not there before; others are to come. */
  private static void awaitFirstFile(SubmittedApplication application, Set<Path> before) {
    long end = System.nanoTime() + LONG.toNanos();
    Set<Path> written = files();
    while (before.containsAll(written)) {
      assertThat(System.nanoTime()).as(application::stderr).isLessThan(end);
      assertThat(application.driver().isAlive()).as(application::stderr).isTrue();
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      written = files();
    }
    written.removeAll(before);
    assertThat(written)
        .as("files of a run that is under way")
        .hasSizeLessThan(Integer.parseInt(SHARDS));
  }

  /** The shards of the run that is disturbed, those of tasks that have not committed too. */
  private static Set<Path> files() {
    Path split = folder.resolve("killed/split=train");
    if (!Files.exists(split)) {
      return Set.of();
    }
    try (Stream<Path> files = Files.walk(split)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .collect(Collectors.toCollection(HashSet::new));
    } catch (UncheckedIOException | IOException e) {
      return Set.of(); // a file was moved while it was listed
    }
  }

  private static DatasetManifest manifest(String name) {
    return DatasetDirectory.open(folder.resolve(name).toString(), new Configuration()).manifest();
  }

  private static String raw() {
    return folder.resolve("raw").toString();
  }

  private static SubmittedApplication preprocess(String name) {
    return cluster.application(Main.class.getName()).arguments(preprocessing(name)).submit();
  }

  private static String[] preprocessing(String name) {
    String out = folder.resolve(name).toString();
    return new String[] {
      "preprocess", "fashion-40", "--raw", raw(), "--out", out, "--shards", SHARDS
    };
  }

  /** The same command in this JVM, which nobody disturbs. */
  private static void here(String... arguments) {
    CommandHere.doneByTwo(arguments);
  }
}
