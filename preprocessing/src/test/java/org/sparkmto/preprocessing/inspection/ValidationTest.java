package org.sparkmto.preprocessing.inspection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.SealedJson;
import org.sparkmto.data.ShardFile;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.storage.HadoopDefaults;

/** Validation, single rows and the description of a data set that was really written. */
class ValidationTest {
  private static final String SHARD = "split=train/part-00001.parquet";

  @TempDir private static Path original;
  @TempDir private Path directory;
  private static DatasetManifest manifest;

  @BeforeAll
  static void write() throws IOException {
    manifest = Pond.write(original.resolve("pond"), 60, 3);
  }

  @BeforeEach
  void copy() throws IOException {
    try (var files = Files.walk(original.resolve("pond"))) {
      for (Path file : files.toList()) {
        Path copy = directory.resolve(original.resolve("pond").relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  @Test
  void aWholeDataSetIsValid() throws IOException {
    Validation validation = validate();
    assertThat(validation.findings()).isEmpty();
    assertThat(validation.isValid()).isTrue();
    assertThat(validation.splits())
        .containsExactly(
            new Validation.SplitVerdict("train", 49, 3, 0),
            new Validation.SplitVerdict("val", 10, 3, 0));
  }

  @Test
  void everyFlippedByteIsFoundWithItsFile() throws IOException {
    Path file = directory.resolve(SHARD);
    byte[] bytes = Files.readAllBytes(file);
    for (int at : new int[] {2, bytes.length / 3, bytes.length / 2, bytes.length - 30}) {
      bytes[at] ^= 0x10;
      Files.write(file, bytes);
      assertFound(SHARD, "has sha256");
      bytes[at] ^= 0x10;
    }
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    assertFound(SHARD, "bytes, the manifest says " + bytes.length);
    Files.delete(file);
    assertFound(SHARD, "is missing");
  }

  @Test
  void editedManifestsAreFound() throws IOException {
    edit("\"digest\" : \"[0-9a-f]", "\"digest\" : \"g");
    assertFound("_dataset.json", "content digest");
    edit("\"least\" : 2.0", "\"least\" : 1.5");
    assertFound("_dataset.json", "range of task 'depth'");
    edit("\"histograms\" : \\{\\s*\"parts\" : \\{\\s*\"counts\" : \\[ \\d", "$0" + "9");
    assertFound("_dataset.json", "label histogram of 'parts'");
    edit("\"mean\" : \\[ \\d", "$0" + "1");
    assertFound("_dataset.json", "statistics of column 'image'");
    edit("\"rowGroups\" : \\[ 4, 4", "\"rowGroups\" : [ 5, 3");
    assertFound("split=train/part-00000.parquet", "row groups");
    edit("\"truncated\" : 1", "\"damaged\" : 1");
    assertFound("_quarantine", "has rows {truncated=1}");
    edit(
        "\"classes\" : 4",
        "\"classes\" : 2",
        "\"classNames\" : \\[ \"water\"[^]]*\\]",
        "\"loss\" : \"\"");
    assertFound("split=train/part-00000.parquet", "label 2 at row");
    edit("\"scale\" : 3.051850947599719E-5", "\"scale\" : 4e-5");
    assertFound("split=train/part-00000.parquet", "the normal at row");
  }

  @Test
  void aSampleInTwoFilesIsFound() throws IOException {
    String first = "split=train/part-00000.parquet";
    Files.copy(
        directory.resolve(first),
        directory.resolve(SHARD),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    ShardFile one = manifest.split("train").files().get(0);
    ShardFile two = manifest.split("train").files().get(1);
    String json = Files.readString(directory.resolve("_dataset.json"));
    Files.writeString(
        directory.resolve("_dataset.json"),
        SealedJson.seal(
            json.replace(two.sha256(), one.sha256())
                .replace("\"bytes\" : " + two.bytes(), "\"bytes\" : " + one.bytes())));
    Validation validation = validate();
    assertThat(validation.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.file()).isEqualTo(SHARD);
              assertThat(finding.sample()).startsWith("p");
              assertThat(finding.detail()).isEqualTo("stands in " + first + " already");
            })
        .anySatisfy(finding -> assertThat(finding.detail()).contains("starts with a lower rank"))
        .anySatisfy(finding -> assertThat(finding.detail()).contains("content digest"));
  }

  @Test
  void filesInAnotherOrderAreFound() throws IOException {
    String json = Files.readString(directory.resolve("_dataset.json"));
    DatasetManifest read = DatasetManifest.parse(json, "here");
    List<ShardFile> files = new ArrayList<>(read.split("train").files());
    Collections.swap(files, 0, 1);
    var splits = new java.util.LinkedHashMap<>(read.splits());
    splits.put("train", new org.sparkmto.data.Split("train", files, read.split("train").digest()));
    Files.writeString(
        directory.resolve("_dataset.json"),
        new DatasetManifest(
                read.dataset(),
                read.writer(),
                read.seed(),
                read.columns(),
                read.tasks(),
                splits,
                read.statistics(),
                read.histograms(),
                read.ranges(),
                read.sources(),
                read.settings(),
                List.of())
            .toJson());
    Validation validation = validate();
    assertThat(validation.findings()).isNotEmpty();
    assertThat(validation.findings().toString()).contains("starts with a lower rank");
  }

  @Test
  void aDirectoryWithoutManifestOrWithADamagedOneIsRefused() throws IOException {
    Files.writeString(directory.resolve("_dataset.json"), "{");
    assertThatThrownBy(this::validate)
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("is not JSON");
    Files.delete(directory.resolve("_dataset.json"));
    assertThatThrownBy(this::validate)
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("has not finished");
  }

  @Test
  void rowsAreReadByPlaceAndByName() {
    SampleRows rows = rows();
    List<SampleRow> all = rows.read(new ShownSamples.First("train", 1000));
    assertThat(all).hasSize(49);
    List<String> ids = all.stream().map(SampleRow::id).toList();
    assertThat(rows.read(new ShownSamples.First("train", 20)).stream().map(SampleRow::id))
        .containsExactlyElementsOf(ids.subList(0, 20));
    for (SampleRow row : all) {
      long index = Long.parseLong(row.id().substring(1));
      for (int c = 0; c < Pond.COLUMNS.size(); c++) {
        assertThat(row.content().get(c)).isEqualTo(Pond.content(index).get(c));
      }
    }
    List<SampleRow> drawn = rows.read(new ShownSamples.AtRandom("train", 10, 7));
    assertThat(drawn).hasSize(10);
    assertThat(drawn.stream().map(row -> ids.indexOf(row.id())))
        .isSorted()
        .doesNotHaveDuplicates()
        .isNotEqualTo(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    assertThat(rows.read(new ShownSamples.AtRandom("train", 10, 7)).stream().map(SampleRow::id))
        .containsExactlyElementsOf(drawn.stream().map(SampleRow::id).toList());
    assertThat(
            rows
                .read(new ShownSamples.Named(List.of("train", "val"), List.of("p7", "p40", "p3")))
                .stream()
                .map(row -> row.id() + " " + row.split()))
        .containsExactly("p7 val", "p40 train", "p3 train");
    assertThatThrownBy(
            () -> rows.read(new ShownSamples.Named(List.of("val"), List.of("p7", "p40", "nobody"))))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("has no sample [p40, nobody] in [val]");
    assertThatThrownBy(() -> rows.read(new ShownSamples.First("dev", 1)))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("no split 'dev'");
  }

  @Test
  void aDamagedShardIsNamed() throws IOException {
    Path file = directory.resolve("split=train/part-00000.parquet");
    byte[] bytes = Files.readAllBytes(file);
    java.util.Arrays.fill(bytes, 4, bytes.length / 2, (byte) 7);
    Files.write(file, bytes);
    assertThatThrownBy(() -> rows().read(new ShownSamples.First("train", 8)))
        .hasMessageContaining("part-00000.parquet");
    Files.delete(file);
    assertThatThrownBy(this::open)
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("part-00000.parquet is missing");
  }

  @Test
  void theDescriptionSaysWhatPeopleAskFor() throws IOException {
    List<String> lines = new ArrayList<>();
    Inspection.print(open(), HadoopDefaults.copy(), false, lines::add);
    Files.write(Path.of("target", "pond.txt"), lines);
    String text = String.join("\n", lines);
    assertThat(text)
        .contains("pond in file:")
        .containsPattern("train +49 +samples +3 +files +0\\.\\d +MB +digest " + digest("train"))
        .containsPattern("depth +target +float32 +24 x 32 +in m")
        .containsPattern("disparity +target +uint16 +6 x 8 +times 0.00390625 minus 0.0039")
        .containsPattern("image +input +uint8 +3 x 24 x 32 +mean [0-9.]+ [0-9.]+ [0-9.]+, dev")
        .containsPattern("group +group +uint8 +1 +4 groups of 9 to 15 samples")
        .containsPattern("parts +segmentation +4 classes: \\d\\d\\.\\d% water, ")
        .contains("never boat")
        .containsPattern("ball +mask +27\\.3% yes; 8\\.3% void")
        .containsPattern(
            "depth +depth +loss l1: 2\\.\\.10 m, mean 8\\.\\d+; 8\\.3% without a value")
        .containsPattern("windy +binary +in column|windy +binary +\\d\\d\\.\\d% yes of 49")
        .containsPattern("animals +multi-label +3 labels: 100% frog")
        .contains("set aside: 1 of 60 samples")
        .contains("p5: the pond is ?[31mdry")
        .contains("option.size  = 24x32");
    assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThan(140));
    List<String> whole = new ArrayList<>();
    Inspection.print(open(), HadoopDefaults.copy(), true, whole::add);
    assertThat(whole).contains("  truncated  p5  the pond is ?[31mdry  (pond)");
  }

  private static String digest(String split) {
    return manifest.split(split).digest();
  }

  private SampleRows rows() {
    return new SampleRows(open(), HadoopDefaults.copy());
  }

  private DatasetDirectory open() {
    return DatasetDirectory.open(directory.toString(), HadoopDefaults.copy());
  }

  private void edit(String... fromTo) throws IOException {
    String json = manifest.toJson();
    for (int i = 0; i < fromTo.length; i += 2) {
      assertThat(json).containsPattern(fromTo[i]);
      json = Pattern.compile(fromTo[i]).matcher(json).replaceFirst(fromTo[i + 1]);
    }
    Files.writeString(directory.resolve("_dataset.json"), SealedJson.seal(json));
  }

  private void assertFound(String file, String detail) throws IOException {
    Validation validation = validate();
    assertThat(validation.isValid()).isFalse();
    assertThat(validation.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.file()).isEqualTo(file);
              assertThat(finding.detail()).contains(detail);
            });
  }

  private Validation validate() throws IOException {
    return Validation.of(LocalSpark.session(), directory.toString());
  }
}
