package org.sparkmto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetManifestTest {

  @Test
  void survivesTheRoundTripThroughJson() {
    DatasetManifest manifest = manifest();
    String json = manifest.toJson();
    DatasetManifest back = DatasetManifest.parse(json, "here");
    assertThat(back).isEqualTo(manifest);
    assertThat(back.toJson()).isEqualTo(json);
    assertThat(List.copyOf(back.splits().keySet())).containsExactly("train", "val");
    assertThat(back.column("image").bytes()).isEqualTo(3 * 4 * 4);
    assertThat(back.split("train").rows()).isEqualTo(1536);
    assertThat(back.seed()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void aManifestWithoutRangesIsReadAsOneThatKnowsNone() {
    String json = manifest().toJson();
    int from = json.indexOf("  \"ranges\"");
    String old =
        SealedJson.seal(
            json.substring(0, from) + json.substring(json.indexOf("  \"sources\"", from)));
    DatasetManifest read = DatasetManifest.parse(old, "here");
    assertThat(read.ranges()).isEmpty();
    assertThat(read.toJson()).isEqualTo(old);
    assertThat(read.histograms()).isEqualTo(manifest().histograms());
  }

  @Test
  void remarksAreKeptAndMayBeAbsent() {
    DatasetManifest some = manifest();
    assertThat(some.remarks()).isEmpty();
    assertThat(some.toJson()).doesNotContain("remarks");
    DatasetManifest remarked =
        new DatasetManifest(
            some.dataset(),
            some.writer(),
            some.seed(),
            some.columns(),
            some.tasks(),
            some.splits(),
            some.statistics(),
            some.histograms(),
            some.ranges(),
            some.sources(),
            some.settings(),
            List.of("split 'test' has no sample"));
    assertThat(DatasetManifest.parse(remarked.toJson(), "here")).isEqualTo(remarked);
  }

  @Test
  void refusesRangesThatCannotBe() {
    assertRefused(edited("\"valid\" : 7", "\"valid\" : -7"), "valid");
    assertRefused(edited("\"mean\" : 1.0E-17", "\"mean\" : 1.0"), "mean of 1.0");
    assertRefused(edited("\"least\" : -0.1", "\"last\" : -0.1"), "'least' is missing");
  }

  @Test
  void namesWhatThereIsWhenAskedForWhatThereIsNot() {
    assertThatThrownBy(() -> manifest().split("dev"))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("'dev'")
        .hasMessageContaining("train");
    assertThatThrownBy(() -> manifest().column("depth"))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("depth");
  }

  @Test
  void refusesTextThatIsNoManifestOfThisFormat() {
    assertRefused("{", "not JSON");
    assertRefused("", "format");
    assertRefused("[]", "format");
    assertRefused(edited("\"format\" : 2", "\"format\" : 3"), "format 3");
    assertRefused(edited("\"seed\" :", "\"sed\" :"), "'seed' is missing");
    assertRefused(edited("\"uint8\"", "\"uint9\""), "uint9");
    assertRefused(edited("\"binary\"", "\"ternary\""), "ternary");
    assertRefused(edited("\"input\"", "\"output\""), "output");
    assertRefused(edited("\"rows\" : 1536", "\"rows\" : 1535"), "1535");
    assertRefused(edited("\"listed\" : 3000", "\"listed\" : 2999"), "2999");
    assertRefused(edited("\"bytes\" : 77", "\"bytes\" : \"77\""), "bytes");
    assertRefused(edited("\"bytes\" : 77", "\"bytes\" : -77"), "negative");
    assertRefused(edited("[ 512, 512, 512 ]", "[ 512, 512, 0, 512 ]"), "row group");
    assertRefused(edited("[ 512, 512, 512 ]", "[ 512, 512, 4294967808 ]"), "too large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x.parquet", "/x.parquet", "a/../../x", "s3a://b/x", "a\\\\b", " "})
  void refusesFilesOutsideOfTheDirectory(String path) {
    assertRefused(edited("split=train/part-00000.parquet", path), "leaves its data set");
  }

  @Test
  void refusesTasksThatPointNowhere() {
    assertRefused(edited("\"element\" : 1", "\"element\" : 2"), "behind the end");
    assertRefused(edited("\"target\" : \"labels\"", "\"target\" : \"label\""), "not there");
    assertRefused(edited("\"missing\" : 255", "\"missing\" : 1"), "both as a class");
    assertRefused(edited("\"classes\" : 2", "\"classes\" : 1"), "cannot have classes = 1");
    assertRefused(edited("\"name\" : \"smile\"", "\"name\" : \"hat\""), "twice");
  }

  @Test
  void aChangeThatTheDigestDoesNotKnowOfIsRefused() {
    String json = manifest().toJson();
    assertRefused(json.replace("\"bytes\" : 77", "\"bytes\" : 78"), "its digest is another");
    assertRefused(json.replace("\"format\" : 2", "\"format\" : 1"), "which its format never had");
    assertRefused(json.substring(0, json.length() - 1), "does not end in its digest");
    assertRefused(
        json.replaceFirst(",\\s*\"digest\" : \"[0-9a-f]{64}\"\\s*}\\s*$", "\n}\n"), "cut off");
    assertRefused(json.replace("\"seed\"", "\"format\" : 2,\n  \"seed\""), "Duplicate field");
  }

  @Test
  void aManifestFromBeforeThereWereDigestsIsReadAndItsNumbersMustBeNumbers() {
    String json = manifest().toJson();
    String old =
        json.replace("\"format\" : 2", "\"format\" : 1")
            .replaceFirst(",\\s*\"digest\" : \"[0-9a-f]{64}\"\\s*}\\s*$", "\n}\n");
    assertThat(DatasetManifest.parse(old, "here")).isEqualTo(manifest());
    assertRefused(old.replace("\"mean\" : [ 1.5", "\"mean\" : [ \"1.5\""), "not a number");
    assertRefused(old.replace("\"mean\" : [ 1.5", "\"mean\" : [ null"), "not a number");
    assertRefused(old.replace("\"classes\"", "\"sort\" : 3, \"classes\""), "'sort' of 'tasks'");
    assertRefused(old.replace("\"rows\" : 9,", "\"rows\" : 10,"), "claims");
  }

  @Test
  void countsMustAddUp() {
    assertThatThrownBy(() -> new SourceCounts(10, 8, Map.of("truncated", 1L)))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("10 samples were listed, but 8 kept and 1 quarantined");
  }

  static DatasetManifest manifest() {
    Column image = new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 4, 4));
    Column labels = new Column("labels", Column.Role.TARGET, ElementType.UINT8, List.of(2));
    Split train =
        new Split(
            "train",
            List.of(
                new ShardFile(
                    "split=train/part-00000.parquet", 77, "ab".repeat(32), List.of(512, 512, 512))),
            "cd".repeat(32));
    Split val =
        new Split(
            "val",
            List.of(new ShardFile("split=val/part-00000.parquet", 5, "ef".repeat(32), List.of(9))),
            "01".repeat(32));
    Map<String, Split> splits = new java.util.LinkedHashMap<>();
    splits.put("train", train);
    splits.put("val", val);
    return new DatasetManifest(
        "faces",
        "test 1",
        Long.MIN_VALUE,
        List.of(image, labels),
        List.of(
            new Task("hat", TaskKind.BINARY, List.of("image"), "labels", 0, 2, 255),
            new Task("smile", TaskKind.BINARY, List.of("image"), "labels", 1, 2, 255)),
        splits,
        Map.of(
            "image",
            new ChannelStatistics(List.of(1.5, 0.1, 1 / 3.0), List.of(2.0, Math.PI, 1e-17))),
        Map.of("hat", new LabelHistogram(List.of(1L, 1L << 40), 3)),
        Map.of(
            "smile",
            new TargetRange(
                List.of(
                    new TargetRange.Channel(7, 1L << 40, -0.1, 1 / 3.0, 1e-17, 1 / 7.0),
                    new TargetRange.Channel(7, 2, -0.1, 1 / 3.0, 1e-17),
                    new TargetRange.Channel(0, 9, Double.NaN, Double.NaN, Double.NaN)))),
        new SourceCounts(3000, 1545, Map.of("truncated", 1455L)),
        Map.of("raw", "file:/ä \"quoted\""),
        List.of());
  }

  /** Two classes of one sample: two numbers of 16 bits. */
  @Test
  void probabilitiesStandInAColumnOfTheirSize() {
    DatasetManifest manifest = manifest();
    Column three = new Column("soft", Column.Role.TARGET, ElementType.UINT16, List.of(3));
    Column one = new Column("soft", Column.Role.TARGET, ElementType.UINT16, List.of(1));
    assertThatThrownBy(() -> withSoft(manifest, three))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("column 'soft' holds 3 numbers of type uint16")
        .hasMessageContaining("of task 'hat' are 1 uint16");
    DatasetManifest soft = withSoft(manifest, one);
    assertThat(DatasetManifest.parse(soft.toJson(), "here").tasks()).isEqualTo(soft.tasks());
  }

  private static DatasetManifest withSoft(DatasetManifest manifest, Column soft) {
    List<Column> columns = new java.util.ArrayList<>(manifest.columns());
    columns.add(soft);
    return new DatasetManifest(
        manifest.dataset(),
        manifest.writer(),
        manifest.seed(),
        columns,
        List.of(manifest.tasks().get(0).withSoft("soft")),
        manifest.splits(),
        manifest.statistics(),
        manifest.histograms(),
        Map.of(),
        manifest.sources(),
        manifest.settings(),
        List.of());
  }

  private static String edited(String from, String to) {
    String json = manifest().toJson();
    assertThat(json).contains(from);
    int at = json.indexOf(from);
    return SealedJson.seal(json.substring(0, at) + to + json.substring(at + from.length()));
  }

  private static void assertRefused(String json, String trouble) {
    assertThatThrownBy(() -> DatasetManifest.parse(json, "the-place"))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("the-place")
        .hasMessageContaining(trouble);
  }
}
