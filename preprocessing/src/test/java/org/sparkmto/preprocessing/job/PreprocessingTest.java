package org.sparkmto.preprocessing.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.samples.SampleGeneration;
import org.sparkmto.preprocessing.samples.SamplesRequest;
import org.sparkmto.preprocessing.shard.WrittenRows;
import org.sparkmto.storage.HadoopDefaults;

@Tag("slow")
class PreprocessingTest {
  private static final String IMAGES = "Img/img_align_celeba/";

  @TempDir private static Path raw;
  @TempDir private Path directory;

  @BeforeAll
  static void generate() {
    SampleGeneration.write(
        LocalSpark.session(),
        SamplesRequest.of("fashion-40", raw.resolve("f40").toString()).withCounts(100, 6, 9));
    SampleGeneration.write(
        LocalSpark.session(),
        SamplesRequest.of("multi-fashion", raw.resolve("mf").toString()).withCounts(300, 40, 60));
  }

  /** A row of a shard. */
  private record Content(String id, long rank, List<ByteBuffer> columns) {}

  @Test
  void theSequenceOfASplitDependsOnNothingButTheSeed() throws IOException {
    PreprocessingRequest request =
        PreprocessingRequest.of("fashion-40", raw.resolve("f40").toString(), path("one"))
            .withOption("size", "16");
    DatasetManifest one = run(request.withShards(1).withRowGroupRows(7)).manifest();
    List<Content> sequence = rows("one", one, "train");
    assertThat(sequence).hasSize(100);
    for (int i = 1; i < sequence.size(); i++) {
      assertThat(sequence.get(i).rank()).isGreaterThanOrEqualTo(sequence.get(i - 1).rank());
    }
    assertThat(sequence.stream().map(Content::id).sorted().toList())
        .isNotEqualTo(sequence.stream().map(Content::id).toList());
    assertThat(one.split("train").files()).hasSize(1);
    assertThat(one.split("train").files().get(0).rowGroups())
        .hasSize(15)
        .startsWith(7, 7)
        .endsWith(2);
    for (int shards : new int[] {4, 32}) {
      String name = "with" + shards;
      DatasetManifest other =
          run(PreprocessingRequest.of("fashion-40", raw.resolve("f40").toString(), path(name))
                  .withOption("size", "16")
                  .withShards(shards))
              .manifest();
      assertThat(other.split("train").files()).hasSize(shards);
      for (String split : List.of("train", "val", "test")) {
        assertThat(rows(name, other, split)).isEqualTo(rows("one", one, split));
        assertThat(other.split(split).digest()).isEqualTo(one.split(split).digest());
      }
      assertThat(other.statistics()).isEqualTo(one.statistics());
      assertThat(other.histograms()).isEqualTo(one.histograms());
    }
    DatasetManifest reordered = run(request.withSeed(1).overwriting()).manifest();
    assertThat(rows("one", reordered, "train")).isNotEqualTo(sequence);
    assertThat(reordered.split("train").digest()).isEqualTo(one.split("train").digest());
  }

  @Test
  void theManifestSaysWhatTheFilesHold() throws Exception {
    PreprocessingSummary summary = run(f40("out").withShards(2));
    DatasetManifest manifest = DatasetDirectory.open(path("out"), HadoopDefaults.copy()).manifest();
    assertThat(manifest).isEqualTo(summary.manifest());
    assertThat(List.copyOf(manifest.splits().keySet())).containsExactly("train", "val", "test");
    assertThat(manifest.dataset()).isEqualTo("fashion-40");
    assertThat(manifest.sources().listed()).isEqualTo(115);
    assertThat(manifest.sources().kept()).isEqualTo(115);
    assertThat(manifest.tasks()).hasSize(40);
    assertThat(manifest.settings()).containsEntry("row-group-rows", "usual");
    long bytes = 0;
    for (Split split : manifest.splits().values()) {
      for (ShardFile file : split.files()) {
        byte[] content = Files.readAllBytes(directory.resolve("out").resolve(file.path()));
        assertThat(file.bytes()).isEqualTo(content.length);
        assertThat(file.sha256())
            .isEqualTo(
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
        bytes += content.length;
      }
    }
    assertThat(summary.bytes()).isEqualTo(bytes);
    try (Stream<Path> entries = Files.list(directory.resolve("out"))) {
      assertThat(entries.map(entry -> entry.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "_dataset.json", "_quarantine", "split=train", "split=val", "split=test");
    }
  }

  @Test
  void blobsHaveNeitherDictionaryNorStatistics() throws IOException {
    DatasetManifest manifest = run(f40("out")).manifest();
    ShardFile file = manifest.split("train").files().get(0);
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(path("out"), file.path()), HadoopDefaults.copy()))) {
      for (ColumnChunkMetaData chunk : reader.getRowGroups().get(0).getColumns()) {
        assertThat(chunk.getCodec()).isEqualTo(CompressionCodecName.ZSTD);
        assertThat(chunk.hasDictionaryPage()).isFalse();
        boolean blob = !List.of("sample_id", "rank").contains(chunk.getPath().toDotString());
        assertThat(chunk.getStatistics().hasNonNullValue()).isEqualTo(!blob);
      }
    }
  }

  @Test
  void rowsHoldTheResizedImageAndTheLabelsOfTheTable() throws Exception {
    DatasetManifest manifest = run(f40("out")).manifest();
    Map<String, String> table = new TreeMap<>();
    for (String line : Files.readAllLines(raw.resolve("f40/Anno/list_attr_celeba.txt"))) {
      String[] parts = line.split("\\s+", 2);
      if (parts.length == 2) {
        table.put(parts[0], parts[1]);
      }
    }
    long[] positives = new long[40];
    for (Content row : rows("out", manifest, "train")) {
      byte[] file = Files.readAllBytes(raw.resolve("f40").resolve(IMAGES + row.id()));
      assertThat(row.columns().get(0).array())
          .isEqualTo(Jpeg.decode(file).resized(64, 64).samples());
      List<String> values = List.of(table.get(row.id()).split("\\s+", 40));
      for (int i = 0; i < 40; i++) {
        assertThat(row.columns().get(1).get(i))
            .isEqualTo((byte) (values.get(i).strip().equals("1") ? 1 : 0));
        positives[i] += row.columns().get(1).get(i);
      }
    }
    for (int i = 0; i < 40; i++) {
      assertThat(manifest.histograms().get(manifest.tasks().get(i).name()).counts())
          .containsExactly(100 - positives[i], positives[i]);
    }
  }

  @Test
  void aSampleThatDoesNotFitIntoMemoryIsRefusedBeforeItIsDecoded() {
    assertThatThrownBy(() -> run(f40("out").withOption("size", "8192")))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("a stored sample would have 201326632 bytes")
        .hasMessageContaining("choose a smaller size");
  }

  @Test
  void aDataSetWithoutTrainingSamplesSaysWhyThereAreNone() throws IOException {
    Path damaged = damagedCopy();
    Files.writeString(damaged.resolve("Eval/list_eval_partition.txt"), "000001.jpg 3\n");
    assertThatThrownBy(
            () ->
                run(
                    PreprocessingRequest.of("celeba", damaged.toString(), path("out"))
                        .withMaxBad(1.0)))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("no sample to train on: 116 of 116 samples are bad")
        .hasMessageContaining("no row in list_eval_partition.txt")
        .hasMessageContaining("_quarantine");
  }

  @Test
  void damagedSamplesAreCountedAndNameTheirReasons() throws Exception {
    Path damaged = damagedCopy();
    PreprocessingRequest request =
        PreprocessingRequest.of("celeba", damaged.toString(), path("out"));
    PreprocessingException refusal =
        catchThrowableOfType(PreprocessingException.class, () -> run(request.withMaxBad(0.03)));
    assertThat(refusal.exitCode()).isEqualTo(1);
    assertThat(refusal)
        .hasMessageContaining("8 of 116 samples are bad (6.90 %), allowed are 3.00 %")
        .hasMessageContaining("truncated=2")
        .hasMessageContaining("_quarantine");
    assertThat(directory.resolve("out/_dataset.json")).doesNotExist();
    assertThat(quarantine("out")).hasSize(8);
    assertThatThrownBy(() -> DatasetDirectory.open(path("out"), HadoopDefaults.copy()))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("has not finished");

    DatasetManifest manifest = run(request.withMaxBad(0.07).withShards(20)).manifest();
    assertThat(manifest.sources().listed()).isEqualTo(116);
    assertThat(manifest.sources().kept()).isEqualTo(108);
    assertThat(manifest.sources().quarantined())
        .isEqualTo(
            Map.of(
                "truncated", 2L,
                "wrong-format", 2L,
                "too-large", 1L,
                "damaged", 1L,
                "no-image", 1L,
                "unsafe-name", 1L));
    assertThat(quarantine("out"))
        .containsEntry("000001.jpg", "truncated")
        .containsEntry("000002.jpg", "truncated")
        .containsEntry("000003.jpg", "wrong-format")
        .containsEntry("000004.jpg", "wrong-format")
        .containsEntry("000005.jpg", "too-large")
        .containsEntry("000006.jpg", "damaged")
        .containsEntry("000007.jpg", "no-image")
        .containsEntry("../000008.jpg", "unsafe-name");
    DatasetManifest whole = run(f40("whole")).manifest();
    List<Content> kept = rows("out", manifest, "train");
    List<Content> expected =
        rows("whole", whole, "train").stream()
            .filter(row -> row.id().compareTo("000008.jpg") >= 0)
            .toList();
    assertThat(kept).isEqualTo(expected);
  }

  @Test
  void aListThatIsMostlyBadLeavesTheOldDataSetAlone() throws IOException {
    run(f40("out"));
    Path copy = copy();
    Files.writeString(copy.resolve("Eval/list_eval_partition.txt"), "000001.jpg 0\n");
    PreprocessingRequest request =
        PreprocessingRequest.of("celeba", copy.toString(), path("out")).overwriting();
    assertThatThrownBy(() -> run(request))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("no-partition=114")
        .hasMessageContaining("000002.jpg");
    assertThat(DatasetDirectory.open(path("out"), HadoopDefaults.copy()).manifest().dataset())
        .isEqualTo("fashion-40");
  }

  @Test
  void aFinishedDataSetIsReplacedOnlyOnDemand() throws IOException {
    PreprocessingRequest request = mf("out");
    run(request);
    String before = Files.readString(directory.resolve("out/_dataset.json"));
    assertThatThrownBy(() -> run(request))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("holds a finished data set")
        .matches(e -> ((PreprocessingException) e).exitCode() == 2);
    assertThat(directory.resolve("out/_dataset.json")).hasContent(before);
    run(request.withShards(3).overwriting());
    run(request.overwriting());
    assertThat(directory.resolve("out/_dataset.json")).hasContent(before);
    try (Stream<Path> files = Files.list(directory.resolve("out/split=train"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".parquet"))).hasSize(1);
    }
  }

  @Test
  void theRestOfACrashedRunIsClearedAndForeignFilesAreNot() throws IOException {
    run(mf("out"));
    Files.delete(directory.resolve("out/_dataset.json"));
    assertThatThrownBy(() -> run(mf("out").overwriting()))
        .as("neither finished nor marked as unfinished: not ours to delete")
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("is not empty");
    Files.createFile(directory.resolve("out/_unfinished"));
    Files.copy(
        directory.resolve("out/split=train/part-00000.parquet"),
        directory.resolve("out/split=train/part-00007.parquet"));
    Files.createDirectories(directory.resolve("out/split=train/_temporary/0"));
    DatasetManifest manifest = run(mf("out")).manifest();
    assertThat(manifest.split("train").rows()).isEqualTo(300);
    assertThat(directory.resolve("out/split=train/part-00007.parquet")).doesNotExist();
    assertThat(directory.resolve("out/split=train/_temporary")).doesNotExist();
    assertThat(directory.resolve("out/_unfinished")).doesNotExist();
  }

  @Test
  void multiFashionHasTwoTasksOfTenClasses() throws IOException {
    DatasetManifest manifest = run(mf("out")).manifest();
    assertThat(manifest.column("image").shape()).containsExactly(1, 28, 28);
    assertThat(manifest.tasks()).extracting(task -> task.name()).containsExactly("left", "right");
    assertThat(manifest.histograms().get("left").labelled()).isEqualTo(300);
    assertThat(manifest.histograms().get("right").counts()).hasSize(10);
    byte[] images;
    byte[] labels;
    try (var in =
        new java.util.zip.GZIPInputStream(
            Files.newInputStream(raw.resolve("mf/train-images-idx3-ubyte.gz")))) {
      images = in.readAllBytes();
    }
    try (var in =
        new java.util.zip.GZIPInputStream(
            Files.newInputStream(raw.resolve("mf/train-right-labels-idx1-ubyte.gz")))) {
      labels = in.readAllBytes();
    }
    List<Content> rows = rows("out", manifest, "train");
    assertThat(rows).hasSize(300);
    for (Content row : rows) {
      int index = Integer.parseInt(row.id().substring("train-".length()));
      assertThat(row.columns().get(0).array())
          .isEqualTo(Arrays.copyOfRange(images, 16 + index * 784, 16 + (index + 1) * 784));
      assertThat(row.columns().get(2).get(0)).isEqualTo(labels[8 + index]);
    }
    assertThat(run(mf("small").withOption("size", "14")).manifest().column("image").shape())
        .containsExactly(1, 14, 14);
  }

  @Test
  void wrongUsageIsToldFromFailure() throws IOException {
    assertUsage(
        PreprocessingRequest.of("celebs", raw.toString(), path("out")),
        "unknown raw data set 'celebs'; did you mean 'celeba'? Known are celeba, cityscapes, ");
    assertUsage(
        PreprocessingRequest.of("celeba", path("nothing"), path("out")), "is not a directory");
    assertUsage(
        PreprocessingRequest.of("celeba", raw.resolve("mf").toString(), path("out")),
        "does not hold CelebA");
    assertUsage(
        PreprocessingRequest.of("multi-fashion", raw.resolve("f40").toString(), path("out")),
        "does not hold multi-fashion data");
    assertUsage(PreprocessingRequest.of("celeba", "nofs://somewhere/raw", path("out")), "nofs");
    assertThat(directory.resolve("out")).doesNotExist();
    PreprocessingRequest sound = mf("out");
    assertThatThrownBy(() -> sound.withMaxBad(1.1)).isInstanceOf(PreprocessingException.class);
    assertThatThrownBy(() -> sound.withShards(0)).isInstanceOf(PreprocessingException.class);
    assertUsage(
        sound.withOption("size", "0"),
        "option 'size' must be HEIGHTxWIDTH, such as 128x256, or one number, not '0'");
    assertUsage(sound.withOption("sizes", "28"), "did you mean 'size'?");
    assertThatThrownBy(() -> sound.withRowGroupRows(0)).isInstanceOf(PreprocessingException.class);
    assertThatThrownBy(() -> PreprocessingRequest.of("celeba", " ", "x"))
        .isInstanceOf(PreprocessingException.class);
  }

  @Test
  void aCutImageFileOfManyImagesFailsTheRun() throws IOException {
    Path copy = directory.resolve("copy");
    Files.createDirectories(copy);
    try (Stream<Path> files = Files.list(raw.resolve("mf"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName().toString()));
      }
    }
    Path images = copy.resolve("train-images-idx3-ubyte.gz");
    byte[] content = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(content, content.length / 2));
    assertThatThrownBy(
            () -> run(PreprocessingRequest.of("multi-fashion", copy.toString(), path("out"))))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("train-images-idx3-ubyte.gz is cut off")
        .matches(e -> ((PreprocessingException) e).exitCode() == 1);
  }

  /** Seven damaged images and a name that leaves the directory. */
  private Path damagedCopy() throws IOException {
    Path copy = copy();
    Path images = copy.resolve(IMAGES);
    byte[] first = Files.readAllBytes(images.resolve("000001.jpg"));
    Files.write(images.resolve("000001.jpg"), Arrays.copyOf(first, 100));
    byte[] second = Files.readAllBytes(images.resolve("000002.jpg"));
    Files.write(images.resolve("000002.jpg"), Arrays.copyOf(second, second.length - 2000));
    Files.writeString(images.resolve("000003.jpg"), "<html>quota exceeded</html>");
    Files.write(images.resolve("000004.jpg"), new byte[0]);
    byte[] fifth = Files.readAllBytes(images.resolve("000005.jpg"));
    int frame = 0;
    while ((fifth[frame] & 0xff) != 0xFF || (fifth[frame + 1] & 0xff) != 0xC0) {
      frame++;
    }
    Arrays.fill(fifth, frame + 5, frame + 9, (byte) 0xF0);
    Files.write(images.resolve("000005.jpg"), fifth);
    byte[] sixth = Files.readAllBytes(images.resolve("000006.jpg"));
    byte[] half = Arrays.copyOf(sixth, sixth.length / 2);
    half[half.length - 2] = (byte) 0xFF;
    half[half.length - 1] = (byte) 0xD9;
    Files.write(images.resolve("000006.jpg"), half);
    Files.delete(images.resolve("000007.jpg"));
    Path attributes = copy.resolve("Anno/list_attr_celeba.txt");
    String table = Files.readString(attributes);
    String row = table.lines().skip(2).findFirst().orElseThrow();
    Files.writeString(attributes, table + row.replace("000001.jpg", "../000008.jpg") + "\n");
    return copy;
  }

  private Path copy() throws IOException {
    Path copy = directory.resolve("copy");
    Path source = raw.resolve("f40");
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(source.relativize(file).toString()));
      }
    }
    return copy;
  }

  private Map<String, String> quarantine(String name) {
    Map<String, String> reasons = new TreeMap<>();
    for (Row row :
        LocalSpark.session().read().parquet(path(name) + "/_quarantine").collectAsList()) {
      assertThat(row.<String>getAs("detail")).isNotBlank();
      assertThat(row.<String>getAs("source")).isNotBlank();
      reasons.put(row.getAs("sample_id"), row.getAs("reason"));
    }
    return reasons;
  }

  private List<Content> rows(String name, DatasetManifest manifest, String split)
      throws IOException {
    List<Content> rows = new ArrayList<>();
    for (ShardFile file : manifest.split(split).files()) {
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(path(name), file.path());
      try (ParquetReader<Group> reader = WrittenRows.open(path, HadoopDefaults.copy())) {
        Group group;
        while ((group = reader.read()) != null) {
          Group row = group;
          rows.add(
              new Content(
                  row.getString("sample_id", 0),
                  row.getLong("rank", 0),
                  manifest.columns().stream()
                      .map(column -> ByteBuffer.wrap(row.getBinary(column.name(), 0).getBytes()))
                      .toList()));
        }
      }
    }
    return rows;
  }

  private void assertUsage(PreprocessingRequest request, String trouble) {
    assertThatThrownBy(() -> run(request))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining(trouble)
        .matches(e -> ((PreprocessingException) e).exitCode() == 2);
  }

  private PreprocessingRequest f40(String output) {
    return PreprocessingRequest.of("fashion-40", raw.resolve("f40").toString(), path(output));
  }

  private PreprocessingRequest mf(String output) {
    return PreprocessingRequest.of("multi-fashion", raw.resolve("mf").toString(), path(output));
  }

  private static PreprocessingSummary run(PreprocessingRequest request) {
    return Preprocessing.run(LocalSpark.session(), request);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }
}
