package org.sparkmto.preprocessing.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Additions;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.inspection.Validation;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.storage.HadoopDefaults;

@Tag("slow")
class AppendingTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("name STRING, fold STRING, label STRING, weight DOUBLE, image BINARY");

  private static final Config CONFIG =
      ConfigFactory.parseString(
          """
          table = t, id = name, size = 4
          split { column = fold, train = a, val = b, test = c }
          inputs = [{ column = image }]
          tasks = [
            { name = kind, kind = classification, column = label, classes = [cat, dog] }
            { name = weight, kind = regression, column = weight }
          ]
          """);

  @TempDir private Path directory;

  @Test
  void rowsAddedLaterGiveWhatAllRowsAtOnceGive() throws IOException {
    table("raw/t", rows(0, 30));
    Preprocessing.run(LocalSpark.session(), request("out").withShards(2));
    Map<String, byte[]> before = files("out");
    Map<String, String> first = digests("out");
    table("raw/t", rows(0, 37)); // two of them cannot be read
    Appending.Appended appended = append("out");
    Map<String, String> second = digests("out");
    assertThat(appended.added()).isEqualTo(6);
    assertThat(appended.present()).isEqualTo(29);
    assertThat(appended.changed()).isEmpty();
    table("raw/more", rows(30, 50));
    assertThat(append("out", CONFIG.withValue("table", text("more"))).added()).isEqualTo(13);
    assertThat(files("out")).containsAllEntriesOf(without(before, "_dataset.json"));

    table("raw/t", rows(0, 50));
    DatasetManifest once = Preprocessing.run(LocalSpark.session(), request("once")).manifest();
    DatasetManifest grown = DatasetDirectory.open(path("out"), HadoopDefaults.copy()).manifest();
    assertThat(grown.statistics()).isEqualTo(once.statistics());
    assertThat(grown.histograms()).isEqualTo(once.histograms());
    assertThat(grown.ranges()).isEqualTo(once.ranges());
    assertThat(grown.sources()).isEqualTo(once.sources());
    once.splits()
        .forEach((name, split) -> assertThat(grown.split(name).digest()).isEqualTo(split.digest()));
    assertThat(grown.split("train").files())
        .extracting(ShardFile::path)
        .containsExactly(
            "split=train/part-00000.parquet",
            "split=train/part-00001.parquet",
            "added=00001/split=train/part-00000.parquet",
            "added=00002/split=train/part-00000.parquet");
    assertThat(Additions.since(grown, first)).contains(new Additions.Growth(19, 2));
    assertThat(Additions.since(grown, second)).contains(new Additions.Growth(13, 1));
    assertThat(Additions.since(grown, digests("out"))).isEmpty();
    assertThat(grown.settings())
        .containsEntry("additions", "2")
        .containsEntry("option.table", "t")
        .containsEntry("added.2.option.table", "more")
        .containsEntry("added.2.samples", "13");
    assertThat(Validation.of(LocalSpark.session(), path("out")).findings()).isEmpty();
  }

  private Map<String, String> digests(String name) {
    Map<String, String> digests = new TreeMap<>();
    DatasetDirectory.open(path(name), HadoopDefaults.copy())
        .manifest()
        .splits()
        .forEach((split, its) -> digests.put(split, its.digest()));
    return digests;
  }

  @Test
  void rowsThatHaveChangedAreToldAndStayAsTheyWere() throws IOException {
    table("raw/t", rows(0, 10));
    Preprocessing.run(LocalSpark.session(), request("out"));
    Map<String, byte[]> before = files("out");
    table(
        "raw/t",
        List.of(
            row("s2", "a", "dog", 2.0, png(2)),
            row("s3", "c", "dog", 3.0, png(3)),
            row("s4", "a", "bird", 4.0, png(4)),
            row("s5", "a", "dog", 5 / 3.0, png(99)),
            row("s6", "b", "cat", null, png(6))));
    Appending.Appended appended = append("out");
    assertThat(appended.added()).isZero();
    assertThat(appended.present()).isEqualTo(5);
    assertThat(appended.changed()).containsExactlyInAnyOrder("s2", "s3", "s4");
    assertThat(files("out")).containsExactlyInAnyOrderEntriesOf(before);
  }

  @Test
  void whatIsKilledInBetweenLeavesTheOldDataSetAndTheNextOneCompletesIt() throws IOException {
    table("raw/t", rows(0, 10));
    Preprocessing.run(LocalSpark.session(), request("out"));
    Map<String, byte[]> before = files("out");
    table("raw/t", rows(0, 30));
    SparkListener killer = new KillingAtReadingBack();
    LocalSpark.session().sparkContext().addSparkListener(killer);
    try {
      assertThatThrownBy(() -> append("out")).isInstanceOf(PreprocessingException.class);
    } finally {
      LocalSpark.session().sparkContext().removeSparkListener(killer);
    }
    assertThat(directory.resolve("out/added=00001/split=train")).exists();
    assertThat(files("out")).containsAllEntriesOf(before);
    assertThat(Validation.of(LocalSpark.session(), path("out")).isValid()).isTrue();
    // A process that is killed for good leaves its claim, too.
    Files.writeString(
        directory.resolve("out/_appending"),
        "token\n" + java.net.InetAddress.getLocalHost().getHostName() + "\n999999999\nlong ago\n");
    Files.createDirectories(directory.resolve("out/added=00001/split=train/_temporary/0"));
    assertThat(append("out").added()).isEqualTo(19);
    assertThat(directory.resolve("out/added=00001/split=train/_temporary")).doesNotExist();
    assertThat(directory.resolve("out/_appending")).doesNotExist();
    assertThat(Validation.of(LocalSpark.session(), path("out")).isValid()).isTrue();
    Preprocessing.run(LocalSpark.session(), request("out").overwriting());
    assertThat(directory.resolve("out/added=00001")).doesNotExist();
  }

  /** Ends the job that reads the training split back. */
  private static final class KillingAtReadingBack extends SparkListener {
    @Override
    public void onJobStart(SparkListenerJobStart job) {
      String description = job.properties().getProperty("spark.job.description", "");
      if (description.equals("read the train split back")) {
        LocalSpark.session().sparkContext().cancelAllJobs();
      }
    }
  }

  @Test
  void onlyOneAtATimeAppends() throws IOException {
    table("raw/t", rows(0, 10));
    Preprocessing.run(LocalSpark.session(), request("out"));
    OutputDirectory other =
        OutputDirectory.examineFinished(path("out"), HadoopDefaults.copy(), Preprocessing.DATASET);
    String seal = other.claim();
    long self = ProcessHandle.current().pid();
    assertRefused(CONFIG, "is being appended to by process " + self, "_appending");
    assertThatThrownBy(
            () -> Preprocessing.check(request("out").overwriting(), HadoopDefaults.copy()))
        .hasMessageContaining("is being appended to");
    Files.writeString(directory.resolve("out/_appending"), "somebody on a shared disk\n");
    assertThatThrownBy(() -> other.reseal(seal, seal))
        .hasMessageContaining("another run has written");
    assertRefused(CONFIG, "on an unknown machine");
  }

  @Test
  void otherTasksAndFixedDataSetsAreRefused() throws IOException {
    table("raw/t", rows(0, 10));
    Preprocessing.run(LocalSpark.session(), request("out"));
    Config third =
        ConfigFactory.parseString(CONFIG.root().render().replace("\"dog\"", "\"dog\",\"bird\""))
            .resolve();
    assertRefused(third, "tasks is not what", "bird", "preprocess all samples into another");
    assertRefused(CONFIG.withValue("size", text("8")), "size is not what");
    assertThatThrownBy(() -> Appending.check(request("out").withSeed(3), HadoopDefaults.copy()))
        .hasMessageContaining("--seed 0");
    assertThatThrownBy(() -> Appending.check(request("new"), HadoopDefaults.copy()))
        .hasMessageContaining("no finished data set to append to");
    assertThatThrownBy(
            () ->
                Appending.check(
                    PreprocessingRequest.of("celeba", path("raw"), path("out")),
                    HadoopDefaults.copy()))
        .hasMessageContaining("celeba is a data set that others have fixed");
    Path shard = directory.resolve("out/split=train/part-00000.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[100] ^= 1;
    Files.write(shard, bytes);
    assertThatThrownBy(() -> append("out"))
        .hasMessageContainingAll("part-00000.parquet is damaged or another");
  }

  @Test
  void whatIsHeldOutKeepsItsShareAndNoGroupGetsIntoTwoSplits() throws IOException {
    StringBuilder csv = new StringBuilder("image,person,label\n");
    Files.createDirectories(directory.resolve("raw"));
    for (int i = 0; i < 40; i++) {
      Files.write(directory.resolve("raw/" + i + ".png"), png(i));
      csv.append(i + ".png,p" + i % 20 + "," + (i % 2 == 0 ? "cat" : "dog") + "\n");
    }
    Config config =
        ConfigFactory.parseString(
            """
            table = t.csv, size = 4, group = person, validation-share = 0.25
            inputs = [{ column = image }]
            tasks = [{ name = kind, kind = classification, column = label, classes = [cat, dog] }]
            """);
    String half = csv.substring(0, csv.indexOf("10.png"));
    Files.writeString(directory.resolve("raw/t.csv"), half);
    Preprocessing.run(LocalSpark.session(), request("out").withOptions(config));
    assertThat(persons("val")).hasSize(3);
    List<String> before = persons("val");
    Files.writeString(directory.resolve("raw/t.csv"), csv);
    assertThat(append("out", config).added()).isEqualTo(30);
    assertThat(persons("val")).hasSize(5).containsAll(before);
    assertThat(persons("train")).hasSize(15).doesNotContainAnyElementsOf(persons("val"));
    Files.writeString(directory.resolve("raw/t.csv"), csv.toString().replace("0.png", "x.png"));
    assertThatThrownBy(() -> append("out", config))
        .hasMessageContainingAll("with group = person", "4 of 40", ".png");
  }

  private List<String> persons(String split) throws IOException {
    DatasetDirectory data = DatasetDirectory.open(path("out"), HadoopDefaults.copy());
    Split files = data.manifest().split(split);
    String[] places =
        files.files().stream().map(file -> data.path(file).toString()).toArray(String[]::new);
    return LocalSpark.session()
        .read()
        .option("recursiveFileLookup", true)
        .parquet(places)
        .collectAsList()
        .stream()
        .map(row -> Integer.parseInt(row.<String>getAs("sample_id").replace(".png", "")))
        .map(number -> "p" + number % 20)
        .distinct()
        .toList();
  }

  private Appending.Appended append(String out) {
    return append(out, CONFIG);
  }

  private Appending.Appended append(String out, Config config) {
    return Appending.run(LocalSpark.session(), request(out).withOptions(config));
  }

  private void assertRefused(Config config, String... parts) {
    assertThatThrownBy(
            () -> Appending.check(request("out").withOptions(config), HadoopDefaults.copy()))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> ((PreprocessingException) e).isWrongUsage(), "wrong usage");
  }

  private PreprocessingRequest request(String out) {
    return PreprocessingRequest.of("own", path("raw"), path(out))
        .withOptions(CONFIG)
        .withMaxBad(0.2);
  }

  /** Rows in two splits, some labels missing; every 17th cannot be read. */
  private static List<Row> rows(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                row(
                    "s" + i,
                    i % 3 == 0 ? "b" : "a",
                    i % 7 == 2 ? null : i % 3 == 0 ? "cat" : "dog",
                    i % 5 == 1 && i % 7 != 2 ? null : i / 3.0,
                    i % 17 == 16 ? "none".getBytes(StandardCharsets.UTF_8) : png(i)))
        .toList();
  }

  private static Row row(String name, String fold, String label, Double weight, byte[] image) {
    return RowFactory.create(name, fold, label, weight, image);
  }

  private void table(String name, List<Row> rows) {
    LocalSpark.session()
        .createDataFrame(rows, SCHEMA)
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(path(name));
  }

  private static byte[] png(int number) {
    byte[] samples = new byte[3 * 6 * 5];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i * 7 + number * 31);
    }
    return Png.encode(new Image(3, 6, 5, samples));
  }

  private static com.typesafe.config.ConfigValue text(String value) {
    return com.typesafe.config.ConfigValueFactory.fromAnyRef(value);
  }

  private Map<String, byte[]> files(String name) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    Path root = directory.resolve(name);
    try (Stream<Path> found = Files.walk(root)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static Map<String, byte[]> without(Map<String, byte[]> files, String name) {
    Map<String, byte[]> rest = new TreeMap<>(files);
    rest.remove(name);
    return rest;
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }
}
