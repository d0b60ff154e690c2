package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cluster.HdfsServer;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.training.RunDirectory;

/** Raw data, shards, training and its run directory on a real HDFS. */
class HdfsIT {
  @TempDir private Path folder;

  @Test
  void everythingWorksOnHdfs() throws IOException {
    try (HdfsServer hdfs = HdfsServer.start(folder)) {
      String shards = hdfs.path("/shards/f40");
      String local = folder.resolve("shards").toString();
      mto(samples(hdfs.path("/raw/f40")));
      mto(samples(folder.resolve("raw").toString()));
      mto(preprocess(hdfs.path("/raw/f40"), shards, "4"));
      mto(preprocess(folder.resolve("raw").toString(), local, "1"));
      DatasetManifest there = manifest(shards);
      DatasetManifest here = manifest(local);
      assertThat(there.splits().keySet()).containsExactly("train", "val", "test");
      for (String split : there.splits().keySet()) {
        assertThat(there.split(split).digest()).isEqualTo(here.split(split).digest());
      }
      assertThat(there.split("train").files()).hasSize(4);
      assertThat(names(shards))
          .containsExactlyInAnyOrder(
              "_dataset.json", "_quarantine", "split=test", "split=train", "split=val");
      assertThat(mto(List.of("validate", shards, "--master", "local[2]")))
          .contains(shards + ": valid");
      String sheet = hdfs.path("/sheets/f40.png");
      assertThat(mto(List.of("inspect", shards, "--sheet", sheet, "--count", "2")))
          .contains("contact sheet: " + sheet);
      train(shards, hdfs.path("/runs/f40"));
      assertThat(names(hdfs.path("/runs/f40"))).contains("model");
      append(hdfs.path("/shards/growing"));
      replace(hdfs.path("/retrainings"));
    }
  }

  private void append(String shards) throws IOException {
    GrowingTable table = new GrowingTable(folder.resolve("growing"));
    table.write(10);
    mto(local(table.preprocess(shards)));
    table.write(15);
    assertThat(mto(local(table.preprocess(shards), "--append")))
        .contains("added 5 samples; 10 were there");
    assertThat(mto(List.of("validate", shards, "--master", "local[2]")))
        .contains(shards + ": valid");
    assertThat(names(shards)).contains("added=00001").doesNotContain("_appending");
  }

  /** As the name of a promoted model is replaced, under the eyes of its readers. */
  private static void replace(String directory) {
    RunDirectory there = RunDirectory.of(directory, new Configuration());
    there.replace("promoted.json", "before");
    there.replace("promoted.json", "after");
    assertThat(there.read("promoted.json")).hasValue("after");
    assertThat(there.names()).containsExactly("promoted.json");
  }

  private static List<String> local(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    all.addAll(List.of("--master", "local[2]"));
    return all;
  }

  private static void train(String shards, String run) {
    List<String> train = new ArrayList<>(List.of("train", "--master", "local[2]", "--config"));
    train.add(Path.of("..", "conf", "fashion-40.conf").toAbsolutePath().toString());
    for (String setting :
        List.of(
            "data.directory=" + shards,
            "run.directory=" + run,
            "network.width=4",
            "training.epochs=1",
            "training.batch=30")) {
      train.addAll(List.of("--set", setting));
    }
    mto(train);
  }

  private static List<String> samples(String out) {
    List<String> counts = List.of("--train", "60", "--val", "20", "--test", "20");
    return Stream.concat(
            Stream.of("samples", "fashion-40", "--out", out, "--master", "local[2]"),
            counts.stream())
        .toList();
  }

  private static List<String> preprocess(String raw, String out, String files) {
    return List.of(
        "preprocess",
        "fashion-40",
        "--raw",
        raw,
        "--out",
        out,
        "--shards",
        files,
        "--master",
        "local[2]");
  }

  private static DatasetManifest manifest(String directory) {
    return DatasetDirectory.open(directory, new Configuration()).manifest();
  }

  private static List<String> names(String directory) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(directory);
    FileStatus[] entries = path.getFileSystem(new Configuration()).listStatus(path);
    return Arrays.stream(entries).map(entry -> entry.getPath().getName()).toList();
  }

  /** Runs a command line that must succeed, and returns what it has printed. */
  private static String mto(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            Main.subCommands(),
            new PrintWriter(out),
            new PrintWriter(err),
            arguments.toArray(String[]::new));
    System.out.println(String.join(" ", arguments) + "\n" + out + err);
    assertThat(code).as("%s%n%s", arguments, err).isZero();
    return out.toString();
  }
}
