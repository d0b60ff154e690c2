package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.cluster.LocalApplication;
import org.sparkmto.cluster.S3Server;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Split;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.output.PlainFile;

/**
 * Raw data, shards and training on {@code s3a://}, against a real S3 server. Its buckets are
 * directories of this machine, so the raw data that a command reads there lie on a disk too.
 */
class ObjectStoreIT {
  private static final Duration LONG = Duration.ofMinutes(3);

  @TempDir static Path folder;

  private static S3Server server;

  @BeforeAll
  static void start() {
    server = S3Server.start(folder, "raw", "shards");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "streets,   cityscapes, 32x64, 6,  3, 2, size=32x64, 4,  1",
    "rooms,     nyuv2,      48x64, 36, 0, 4, size=24x32, 1,  32",
    "rooms-npy, nyuv2-npy,  24x32, 6,  0, 3, size=24x32, 4,  1",
    "faces,     celeba,     ,      40, 4, 4, size=32,    32, 4"
  })
  void shardsAreTheSameOnTheStoreAndOnADisk(
      String kind,
      String dataset,
      String drawn,
      String train,
      String val,
      String test,
      String stored,
      String shardsOnStore,
      String shardsOnDisk)
      throws IOException {
    Arguments samples =
        list("samples", kind, "--out", "s3a://raw/" + kind)
            .with("--train", train, "--val", val, "--test", test);
    if (drawn != null) {
      samples.with("--size", drawn);
    }
    mto(samples).isDone();

    String store = "s3a://shards/" + kind;
    mto(preprocess(dataset, "s3a://raw/" + kind, store, shardsOnStore, stored)).isDone();
    Path local = folder.resolve("local-" + kind);
    mto(preprocess(dataset, raw(kind).toString(), local.toString(), shardsOnDisk, stored)).isDone();
    assertSameContent(manifest(shards(kind)), manifest(local));
    assertThat(manifest(local).split("train").rows()).isPositive();
    assertPublishedByTheMagicCommitter(shards(kind));
    if (kind.equals("faces")) {
      assertThat(manifest(shards(kind)).split("train").files()).hasSize(32);
      // That one file holds what many hold, HdfsIT shows.
      Path sheet = folder.resolve(kind + ".png");
      mto(list("inspect", store, "--sheet", sheet.toString(), "--count", "2")).isDone();
      assertThat(sheet).isNotEmptyFile();
    } else {
      mto(list("validate", store)).isDone().printed(store + ": valid");
    }
  }

  @Test
  void aDataSetOnTheStoreIsTrainedOnAndKeptUnlessAskedOtherwise() throws IOException {
    mto(list("samples", "fashion-40", "--out", "s3a://raw/f40", "--train", "60")
            .with("--val", "20", "--test", "20"))
        .isDone();
    String out = "s3a://shards/f40";
    Arguments preprocess = preprocess("fashion-40", "s3a://raw/f40", out, "2", "size=64");
    mto(preprocess).isDone();
    String before = Files.readString(shards("f40").resolve("_dataset.json"));
    mto(preprocess).isRefused("holds a finished data set");
    assertThat(shards("f40").resolve("_dataset.json")).hasContent(before);

    Arguments train =
        list("train", "--config")
            .with(Path.of("..", "conf", "fashion-40.conf").toAbsolutePath().toString())
            .with("--set", "data.directory=" + out)
            .with("--set", "run.directory=" + folder.resolve("run"))
            .with("--set", "network.width=4")
            .with("--set", "training.epochs=1")
            .with("--set", "training.batch=30");
    mto(train).isDone();
    assertThat(folder.resolve("run/model")).isNotEmptyDirectory();

    mto(preprocess.with("--overwrite", "--seed", "9")).isDone();
    assertThat(manifest(shards("f40")).seed()).isEqualTo(9);
  }

  @Test
  void newRowsAreAddedToShardsOnTheStore() throws IOException {
    GrowingTable table = new GrowingTable(folder.resolve("growing"));
    table.write(10);
    mto(table.preprocess("s3a://shards/growing")).isDone();
    table.write(15);
    Arguments append = new Arguments(table.preprocess("s3a://shards/growing")).with("--append");
    mto(append).isDone().printed("  added 5 samples; 10 were there and stay as they are");
    mto(list("validate", "s3a://shards/growing")).isDone().printed("s3a://shards/growing: valid");
    Path local = folder.resolve("local-growing");
    mto(table.preprocess(local.toString())).isDone();
    assertThat(manifest(shards("growing")).sources()).isEqualTo(manifest(local).sources());
    assertThat(named(shards("growing"), "_appending")).isEmpty();
    assertThat(named(shards("growing/added=00001"), ".parquet")).isNotEmpty();
  }

  @Test
  void filesOfManySamplesAreReadInPlace() throws IOException {
    for (String name : List.of("train.bin", "test.bin")) {
      ByteArrayOutputStream records = new ByteArrayOutputStream();
      for (int i = 0; i < 20; i++) {
        byte[] record = new byte[2 + 3 * 32 * 32];
        Arrays.fill(record, 2, record.length, (byte) (7 * i));
        record[0] = 0; // aquatic mammals
        record[1] = 4; // beaver
        records.write(record);
      }
      put("s3a://raw/cifar/" + name, records.toByteArray());
    }
    assertSameOnTheStore("multi-cifar100", "cifar", List.of("--set", "size=32"));
  }

  @Test
  void yourOwnTableIsReadFromTheStore() throws IOException {
    mto(list("samples", "faces", "--out", "s3a://raw/own", "--train", "6")
            .with("--val", "0", "--test", "0"))
        .isDone();
    List<Path> images;
    try (Stream<Path> files = Files.walk(raw("own"))) {
      images = files.filter(file -> file.toString().endsWith(".jpg")).sorted().toList();
    }
    List<String> rows = new ArrayList<>(List.of("image,smiles"));
    images.forEach(image -> rows.add(raw("own").relativize(image) + "," + rows.size() % 2));
    put("s3a://raw/own/table.csv", String.join("\n", rows).getBytes(StandardCharsets.UTF_8));
    Path table = folder.resolve("table");
    try (SparkSession spark =
        SparkSession.builder().master("local[1]").config("spark.ui.enabled", false).getOrCreate()) {
      Column path = functions.regexp_extract(functions.col("path"), "([^/]*)$", 1);
      spark
          .read()
          .format("binaryFile")
          .load(images.get(0).getParent().toString())
          .select(
              path.as("name"),
              functions.col("content").as("image"),
              functions.length(functions.col("content")).mod(2).as("smiles"))
          .write()
          .parquet(table.toString());
    }
    for (Path file : named(table, "part-")) {
      if (!file.toString().endsWith(".crc")) {
        put("s3a://raw/embedded/table/" + file.getFileName(), Files.readAllBytes(file));
      }
    }
    Path settings = folder.resolve("own.conf");
    Files.writeString(
        settings,
        """
        inputs = [{column = image}], size = 24x24, validation-share = 0.34
        tasks = [{name = smiles, kind = binary, column = smiles}]
        """);
    assertSameOnTheStore(
        "own", "own", List.of("--config", settings.toString(), "--set", "table=table.csv"));
    assertSameOnTheStore(
        "own",
        "embedded",
        List.of("--config", settings.toString(), "--set", "table=table", "--set", "id=name"));
  }

  /** Only files that came through the server have the entity tags that S3A wants. */
  private static void put(String path, byte[] content) throws IOException {
    PlainFile.write(
        new org.apache.hadoop.fs.Path(path), content, server.reaching(new Configuration()));
  }

  private static void assertSameOnTheStore(String dataset, String name, List<String> more)
      throws IOException {
    mto(list("preprocess", dataset, "--raw", "s3a://raw/" + name)
            .with("--out", "s3a://shards/" + name)
            .with(more.toArray(String[]::new)))
        .isDone();
    Path local = folder.resolve("local-" + name);
    mto(list("preprocess", dataset, "--raw", raw(name).toString(), "--out", local.toString())
            .with(more.toArray(String[]::new)))
        .isDone();
    assertSameContent(manifest(shards(name)), manifest(local));
    assertThat(manifest(local).sources().quarantined()).isEmpty();
  }

  /** With the retries that S3A usually makes. */
  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES)
  void wrongNamesAndCredentialsAreSaidInOneLine() {
    Map<String, String> usual = new TreeMap<>(server.settings());
    usual.keySet().removeIf(key -> key.matches(".*(attempts\\.maximum|retry\\.limit)"));
    // Otherwise Hadoop would hand out the connection of an earlier command.
    usual.put("spark.hadoop.fs.s3a.impl.disable.cache", "true");
    Map<String, String> wrongSecret = new TreeMap<>(usual);
    wrongSecret.put("spark.hadoop.fs.s3a.secret.key", "not-the-secret");
    Map<String, String> none = new TreeMap<>(usual);
    none.remove("spark.hadoop.fs.s3a.access.key");
    none.remove("spark.hadoop.fs.s3a.secret.key");

    String out = "s3a://shards/refused";
    Arguments inspect = list("inspect", out, "--no-sheet");
    mto(inspect, wrongSecret).isRefused(out + ": access is refused: ");
    mto(inspect, none).isRefused(out + ": access is refused: there are no credentials");
    mto(inspect, usual).isRefused("there is no data set at " + out);
    mto(list("validate", "s3a://nowhere/x"), usual)
        .isRefused("s3a://nowhere/x: there is no such bucket");
    String disk = folder.toString();
    mto(preprocess("celeba", disk, out, "1", "size=32"), wrongSecret)
        .isRefused(out + ": access is refused: ");
    mto(preprocess("celeba", "s3a://nowhere/raw", disk + "/none", "1", "size=32"), usual)
        .isRefused("s3a://nowhere/raw: there is no such bucket");
    mto(list("samples", "faces", "--out", "s3a://nowhere/faces"), usual)
        .isRefused("s3a://nowhere/faces: there is no such bucket");
  }

  @Test
  void aKilledDriverLeavesNothingThatAReaderAcceptsAndTheNextRunCleansUp() throws IOException {
    mto(list("samples", "fashion-40", "--out", "s3a://raw/killed", "--train", "160")
            .with("--val", "10", "--test", "10"))
        .isDone();
    Arguments preprocess =
        preprocess("fashion-40", "s3a://raw/killed", "s3a://shards/killed", "16", "size=64");
    Arguments arguments = new Arguments(preprocess).with("--master", "local[1]");
    Map<String, String> settings = server.settings();
    String access = settings.remove("spark.hadoop.fs.s3a.access.key");
    String secret = settings.remove("spark.hadoop.fs.s3a.secret.key");
    settings.remove("spark.hadoop.fs.s3a.aws.credentials.provider");
    settings.forEach((key, value) -> arguments.with("--spark-conf", key + "=" + value));
    LocalApplication application =
        LocalApplication.start(
            folder,
            Map.of(
                "AWS_ACCESS_KEY_ID", access,
                "AWS_SECRET_ACCESS_KEY", secret,
                "SPARK_LOCAL_IP", "127.0.0.1"),
            arguments);
    long end = System.nanoTime() + LONG.toNanos();
    while (named(shards("killed"), ".pendingset").isEmpty()) { // a task has committed
      assertThat(System.nanoTime()).as(application::stderr).isLessThan(end);
      assertThat(application.process().isAlive()).as(application::stderr).isTrue();
      LockSupport.parkNanos(20_000_000);
    }
    application.process().destroyForcibly();
    assertThat(application.waitFor(LONG)).isEqualTo(137);
    assertThat(application.stderr() + application.log()).doesNotContain(secret);
    assertThat(named(shards("killed"), ".parquet"))
        .as("uploads that the job has not completed")
        .allMatch(file -> file.toString().contains("__magic"));
    assertThat(uploadsUnderWay()).isNotEmpty();
    assertThatThrownBy(
            () -> DatasetDirectory.open(shards("killed").toString(), new Configuration()))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("its preprocessing has not finished");

    mto(preprocess).isDone();
    Path local = folder.resolve("local-killed");
    mto(preprocess("fashion-40", raw("killed").toString(), local.toString(), "4", "size=64"))
        .isDone();
    assertSameContent(manifest(shards("killed")), manifest(local));
    assertPublishedByTheMagicCommitter(shards("killed"));
  }

  private static void assertPublishedByTheMagicCommitter(Path dataset) throws IOException {
    assertThat(Files.readString(dataset.resolve("split=train/_SUCCESS")))
        .as("with the committer that renames, this file would be empty")
        .contains("\"committer\":\"magic\"");
    assertThat(named(dataset, "")).noneMatch(ObjectStoreIT::isLeftOver);
    assertThat(uploadsUnderWay()).isEmpty();
  }

  /** The server marks each in the bucket. */
  private static List<Path> uploadsUnderWay() {
    return named(shards(""), "mpu-stub");
  }

  private static boolean isLeftOver(Path file) {
    String name = file.toString();
    return name.contains("__magic")
        || name.contains("_temporary")
        || name.endsWith(OutputDirectory.MARKER);
  }

  private static List<Path> named(Path directory, String part) {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.getFileName().toString().contains(part))
          .filter(Files::isRegularFile)
          .toList();
    } catch (UncheckedIOException | IOException e) {
      return List.of(); // a file went away while it was listed
    }
  }

  private static void assertSameContent(DatasetManifest one, DatasetManifest other) {
    assertThat(one.splits().keySet()).isEqualTo(other.splits().keySet()).contains("train");
    for (Map.Entry<String, Split> split : one.splits().entrySet()) {
      Split same = other.split(split.getKey());
      assertThat(split.getValue().digest()).as(split.getKey()).isEqualTo(same.digest());
      assertThat(split.getValue().rows()).as(split.getKey()).isEqualTo(same.rows());
    }
    assertThat(one.statistics()).isEqualTo(other.statistics());
    assertThat(one.sources()).isEqualTo(other.sources());
  }

  private static Arguments preprocess(
      String dataset, String raw, String out, String shards, String setting) {
    return list("preprocess", dataset, "--raw", raw, "--out", out)
        .with("--shards", shards, "--set", setting);
  }

  private static Path raw(String name) {
    return folder.resolve("buckets/raw").resolve(name);
  }

  private static Path shards(String name) {
    return folder.resolve("buckets/shards").resolve(name);
  }

  private static DatasetManifest manifest(Path directory) throws IOException {
    Path file = directory.resolve(DatasetManifest.FILE_NAME);
    return DatasetManifest.parse(Files.readString(file), file.toString());
  }

  private static Arguments list(String... words) {
    return new Arguments(List.of(words));
  }

  /** The words of a command line. */
  private static final class Arguments extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Arguments(List<String> words) {
      super(words);
    }

    Arguments with(String... more) {
      addAll(List.of(more));
      return this;
    }
  }

  /** What a command has said and done. */
  private record Outcome(List<String> arguments, int code, String out, String err) {
    Outcome isDone() {
      assertThat(code).as("%s%n%s%n%s", arguments, out, err).isZero();
      return this;
    }

    void printed(String line) {
      assertThat(out.lines()).contains(line);
    }

    void isRefused(String reason) {
      assertThat(code).as("%s%n%s", arguments, err).isEqualTo(ExitCode.WRONG_CONFIGURATION);
      assertThat(err.lines()).hasSize(1);
      assertThat(err).contains(reason).doesNotContain("secret-key", "not-the-secret");
    }
  }

  private static Outcome mto(List<String> arguments) {
    return mto(arguments, server.settings());
  }

  /** Runs a command line as a user would, with settings that reach the server. */
  private static Outcome mto(List<String> arguments, Map<String, String> settings) {
    List<String> all = new ArrayList<>(arguments);
    if (!arguments.get(0).equals("inspect")) {
      all.addAll(List.of("--master", "local[2]", "--spark-conf", "spark.ui.enabled=false"));
    }
    settings.forEach((key, value) -> all.addAll(List.of("--spark-conf", key + "=" + value)));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            Main.subCommands(),
            new PrintWriter(out),
            new PrintWriter(err),
            all.toArray(String[]::new));
    System.out.println(String.join(" ", arguments) + "\n" + out + err);
    return new Outcome(arguments, code, out.toString(), err.toString());
  }
}
