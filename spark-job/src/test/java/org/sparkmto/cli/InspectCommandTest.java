package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.shard.QuarantineTable;
import org.sparkmto.preprocessing.shard.Shards;

/** The sub-commands inspect and validate. */
class InspectCommandTest {
  @TempDir private static Path directory;
  private static Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(
        List.of(new InspectCommand(), new ValidateCommand()),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        arguments);
  }

  @BeforeAll
  static void write() throws IOException {
    data = directory.resolve("data");
    List<RawSample> samples = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      samples.add(new RawSample("s" + i, "train", "here", i, new byte[0]));
    }
    RawContents contents =
        new RawContents(
            List.of(
                new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 8, 8)),
                new Column("label", Column.Role.TARGET, ElementType.UINT8, List.of(1))),
            List.of(Task.of("dark", TaskKind.BINARY, List.of("image"), "label", 2)),
            samples,
            List.of(),
            files -> sample -> List.of(new byte[192], new byte[] {(byte) (sample.index() % 2)}));
    try (SparkSession spark =
        SparkSession.builder().master("local[1]").config("spark.ui.enabled", false).getOrCreate()) {
      OutputDirectory output =
          OutputDirectory.examine(
              data.toString(),
              spark.sparkContext().hadoopConfiguration(),
              new OutputDirectory.Form("test", "_dataset.json", text -> true, entry -> false),
              false);
      output.begin();
      Shards shards =
          new Shards(spark, contents, RawRoot.alone(output.root()), output, "", OptionalInt.of(8));
      Shards.Written written = shards.write(0, OptionalInt.of(2));
      QuarantineTable.write(spark, List.of(), output);
      output.seal(
          new DatasetManifest(
                  "squares",
                  "test",
                  0,
                  contents.columns(),
                  contents.tasks(),
                  written.splits(),
                  written.totals().statistics(),
                  written.totals().histograms(),
                  written.totals().ranges(),
                  new SourceCounts(20, 20, Map.of()),
                  Map.of(),
                  List.of())
              .toJson());
    }
  }

  @Test
  void inspectPrintsAndDrawsWithoutTouchingTheDataSet() throws IOException {
    Path sheet = directory.resolve("new").resolve("sheet.png");
    List<String> before = files();
    assertThat(run("inspect", data.toString(), "--sheet", sheet.toString(), "--count", "3"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("squares in file:", "dark", "50.0% yes of 20", "contact sheet: " + sheet);
    assertThat(Files.readAllBytes(sheet)).startsWith(0x89, 'P', 'N', 'G');
    assertThat(files()).isEqualTo(before);
    assertThat(err.toString()).isEmpty();
    assertThat(SparkSession.getDefaultSession().isDefined()).isFalse();
  }

  @Test
  void inspectWithoutSheetWritesNothing() {
    assertThat(run("inspect", data.toString(), "--no-sheet", "--quarantine")).isZero();
    assertThat(out.toString()).contains("none of the 20 samples").doesNotContain("contact sheet");
    assertThat(Path.of("contact-sheet.png")).doesNotExist();
  }

  @Test
  void wrongUsageIsOneLine() throws IOException {
    String path = data.toString();
    Path link = Files.createSymbolicLink(directory.resolve("link"), data);
    assertRefused("a sheet shows 1 to 500", "inspect", path, "--count", "0");
    assertRefused("--scale 0", "inspect", path, "--scale", "0");
    assertRefused("leave --count", "inspect", path, "--samples", "s1,s2", "--random", "1");
    assertRefused("no sample [x]", "inspect", path, "--samples", "s1,x", "--sheet", sheet());
    assertRefused("no split 'dev'", "inspect", path, "--split", "dev", "--sheet", sheet());
    assertRefused("lies in the data set", "inspect", path, "--sheet", path + "/split=train/x.png");
    assertRefused("lies in the data set", "inspect", path, "--sheet", link + "/x.png");
    assertRefused("lies in the data set", "inspect", link.toString(), "--sheet", path + "/x.png");
    assertRefused("is a directory", "inspect", path, "--sheet", directory.toString());
    assertRefused("there is no data set at", "inspect", path + "/nothing");
    assertRefused("holds no _dataset.json", "inspect", directory.toString());
    assertRefused("holds no _dataset.json", "validate", directory.toString());
  }

  @Test
  void validateTellsAWholeDataSetFromADamagedOne() throws IOException {
    assertThat(run("validate", data.toString(), "--master", "local[1]"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString().lines())
        .containsExactly("  train        20 samples in 2 files: valid", "file:" + data + ": valid");
    Path shard = data.resolve("split=train/part-00001.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    try {
      assertThat(run("validate", data.toString(), "--master", "local[1]")).isEqualTo(1);
    } finally {
      bytes[bytes.length / 2] ^= 1;
      Files.write(shard, bytes);
    }
    assertThat(out.toString())
        .contains("split=train/part-00001.parquet: has sha256")
        .containsPattern("train +\\d+ samples in 2 files: [12] finding");
    assertThat(err.toString()).contains("is not valid: ").doesNotContain("\tat ");
  }

  private String sheet() {
    return directory.resolve("sheet.png").toString();
  }

  private void assertRefused(String message, String... arguments) {
    err.getBuffer().setLength(0);
    assertThat(run(arguments)).as(err.toString()).isEqualTo(2);
    assertThat(err.toString()).contains(message);
    assertThat(err.toString().lines()).hasSize(1);
  }

  private static List<String> files() throws IOException {
    try (var files = Files.walk(data)) {
      return files.map(Path::toString).sorted().toList();
    }
  }
}
