package org.sparkmto.experiment.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.StripesDataset;

/** The runs of a sweep, before any of them. */
class SweepTrialsTest {
  private static final AtomicInteger MANIFESTS = new AtomicInteger();
  private static final AtomicInteger SHARDS = new AtomicInteger();

  /** Counts how often a data set is opened, and its shards are looked at. */
  public static final class Counting extends LocalFileSystem {
    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path file, int buffer) throws IOException {
      MANIFESTS.addAndGet(file.getName().equals(DatasetManifest.FILE_NAME) ? 1 : 0);
      return super.open(file, buffer);
    }

    @Override
    public FileStatus getFileStatus(org.apache.hadoop.fs.Path file) throws IOException {
      SHARDS.addAndGet(file.getName().endsWith(".parquet") ? 1 : 0);
      return super.getFileStatus(file);
    }
  }

  /** An object store is asked for each shard by itself. */
  @Test
  void aDataSetIsOpenedOnceHoweverManyRunsThereAre(@TempDir Path folder) {
    StripesDataset.write(folder.resolve("stripes"));
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.file.impl", Counting.class, org.apache.hadoop.fs.FileSystem.class);
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    assertThat(described(folder, "methods = [ew, uw, pcgrad], seeds = [1, 2]", hadoop))
        .contains("12 runs: 3 combinations with 2 seeds, and 6 runs of single-task networks");
    assertThat(MANIFESTS).hasValue(1);
    assertThat(SHARDS).hasValue(3);
  }

  private static String described(Path folder, String sweep, Configuration hadoop) {
    SweepGrid grid =
        SweepGrid.of(
            ConfigFactory.parseString(
                """
                data { directory = "%s", validation = val }
                network { name = small-conv, width = 2 }
                training { steps = 2, batch = 24 }
                sweep { directory = "%s", split = val, %s }
                """
                    .formatted(folder.resolve("stripes"), folder.resolve("sweep"), sweep)));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    new Sweep(grid, false, hadoop, new PrintStream(said, true, StandardCharsets.UTF_8)).describe();
    return said.toString(StandardCharsets.UTF_8);
  }

  /**
   * As pseudo tasks, which serve the others: they are no one's primary task, and nobody's rival.
   */
  @Test
  void tasksThatAreNotJudgedAreTrainedAlong(@TempDir Path folder) {
    StripesDataset.write(folder.resolve("stripes"));
    String each = "methods = [\"ial:primary=each\"]";
    assertThat(described(folder, each, new Configuration()))
        .contains("6 runs: 1 combination with 1 seed, and 3 runs of single-task networks");
    assertThat(described(folder, each + ", judged = [row, diagonal]", new Configuration()))
        .contains("4 runs: 1 combination with 1 seed, and 2 runs of single-task networks");
    assertThatThrownBy(() -> described(folder, each + ", judged = [rows]", new Configuration()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("sweep.judged: no task 'rows' is trained; did you mean 'row'?");
  }

  @Test
  void whatIsSaidOfOtherTasksIsLeftOut() {
    List<Task> tasks =
        List.of(
            Task.of("depth", TaskKind.DEPTH, List.of("image"), "depth", 1),
            Task.of("pseudo", TaskKind.DEPTH, List.of("image"), "pseudo", 1));
    JudgedTasks judged = JudgedTasks.of(List.of("depth"), tasks);
    assertThat(judged.of(Map.of("depth", 1, "pseudo", 2))).containsOnly(Map.entry("depth", 1));
    assertThat(JudgedTasks.of(List.of(), tasks).tasks()).isEqualTo(tasks);
  }
}
