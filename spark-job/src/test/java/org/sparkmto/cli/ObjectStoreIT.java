package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cluster.S3Server;
import org.sparkmto.data.DatasetManifest;

/** Raw data, shards and training on {@code s3a://}, against a real S3 server. */
class ObjectStoreIT {
  @TempDir static Path folder;

  private static S3Server server;

  @BeforeAll
  static void start() throws IOException {
    server = S3Server.start(folder, "raw", "shards");
    assertThat(mto(samples("s3a://raw/faces"))).isEqualTo(0);
    assertThat(mto(samples(folder.resolve("faces").toString()))).isEqualTo(0);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void shardsAreTheSameOnTheStoreAndOnADisk() throws IOException {
    assertThat(mto(preprocess("s3a://raw/faces", "s3a://shards/from-store"))).isZero();
    assertThat(mto(preprocess(folder.resolve("faces").toString(), "s3a://shards/from-disk")))
        .isZero();
    assertThat(mto(preprocess(folder.resolve("faces").toString(), folder + "/local"))).isZero();
    DatasetManifest store = manifest(bucket("from-store"));
    DatasetManifest disk = manifest(bucket("from-disk"));
    DatasetManifest local = manifest(folder.resolve("local"));
    assertThat(store.splits().keySet()).containsExactly("train", "val", "test");
    for (String split : store.splits().keySet()) {
      assertThat(store.split(split).digest())
          .isEqualTo(disk.split(split).digest())
          .isEqualTo(local.split(split).digest());
    }
    assertThat(Files.readString(bucket("from-store").resolve("split=train/_SUCCESS")))
        .as("with the committer that renames, this file would be empty")
        .contains("\"committer\":\"magic\"");
    try (Stream<Path> files = Files.walk(bucket("from-store"))) {
      assertThat(files.map(Path::toString))
          .noneMatch(name -> name.contains("__magic") || name.contains("_temporary"))
          .noneMatch(name -> name.endsWith("_unfinished"));
    }
  }

  @Test
  void aFinishedDataSetOnTheStoreIsKeptUnlessAskedOtherwise() throws IOException {
    String out = "s3a://shards/kept";
    assertThat(mto(preprocess("s3a://raw/faces", out))).isZero();
    String before = Files.readString(bucket("kept").resolve("_dataset.json"));
    assertThat(mto(preprocess("s3a://raw/faces", out))).isEqualTo(ExitCode.WRONG_CONFIGURATION);
    assertThat(bucket("kept").resolve("_dataset.json")).hasContent(before);
    assertThat(mto(with(preprocess("s3a://raw/faces", out), "--overwrite", "--seed", "9")))
        .isZero();
    assertThat(manifest(bucket("kept")).seed()).isEqualTo(9);
  }

  @Test
  void trainingReadsShardsFromTheStore() throws IOException {
    assertThat(mto(preprocess("s3a://raw/faces", "s3a://shards/train"))).isZero();
    List<String> train = new ArrayList<>(List.of("train", "--config"));
    train.add(Path.of("..", "conf", "fashion-40.conf").toAbsolutePath().toString());
    for (String setting :
        List.of(
            "data.directory=s3a://shards/train",
            "run.directory=" + folder.resolve("run"),
            "network.width=4",
            "training.epochs=1",
            "training.batch=30")) {
      train.addAll(List.of("--set", setting));
    }
    assertThat(mto(train)).isZero();
    assertThat(folder.resolve("run/model")).isNotEmptyDirectory();
  }

  private static List<String> samples(String out) {
    return List.of(
        "samples", "fashion-40", "--out", out, "--train", "60", "--val", "20", "--test", "20");
  }

  private static List<String> preprocess(String raw, String out) {
    return List.of("preprocess", "fashion-40", "--raw", raw, "--out", out, "--shards", "2");
  }

  private static List<String> with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Arrays.stream(more)).toList();
  }

  private static Path bucket(String dataset) {
    return folder.resolve("buckets/shards").resolve(dataset);
  }

  private static DatasetManifest manifest(Path directory) throws IOException {
    Path file = directory.resolve(DatasetManifest.FILE_NAME);
    return DatasetManifest.parse(Files.readString(file), file.toString());
  }

  /** Runs a command line as a user would, with the settings that reach the server. */
  private static int mto(List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--master", "local[2]"));
    server
        .settings()
        .forEach((key, value) -> all.addAll(List.of("--spark-conf", key + "=" + value)));
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            Main.subCommands(),
            new PrintWriter(System.out, true, java.nio.charset.StandardCharsets.UTF_8),
            new PrintWriter(err),
            all.toArray(String[]::new));
    System.out.print(err);
    return code;
  }
}
