package org.sparkmto.experiment.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.DatasetManifest;
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
    Path data = StripesDataset.write(folder.resolve("stripes"));
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.file.impl", Counting.class, org.apache.hadoop.fs.FileSystem.class);
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    SweepGrid grid =
        SweepGrid.of(
            ConfigFactory.parseString(
                """
                data { directory = "%s", validation = val }
                network { name = small-conv, width = 2 }
                training { steps = 2, batch = 24 }
                sweep { directory = "%s", methods = [ew, uw, pcgrad], seeds = [1, 2], split = val }
                """
                    .formatted(data, folder.resolve("sweep"))));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    new Sweep(grid, false, hadoop, new PrintStream(said, true, StandardCharsets.UTF_8)).describe();
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("12 runs: 3 combinations");
    assertThat(MANIFESTS).hasValue(1);
    assertThat(SHARDS).hasValue(3);
  }
}
