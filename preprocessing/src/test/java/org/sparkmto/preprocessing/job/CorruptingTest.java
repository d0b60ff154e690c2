package org.sparkmto.preprocessing.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.CorruptedData;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Remark;
import org.sparkmto.data.SealedJson;
import org.sparkmto.data.ShardFile;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.corruption.CorruptedReader;
import org.sparkmto.preprocessing.corruption.CorruptionCondition;
import org.sparkmto.preprocessing.corruption.Corruptions;
import org.sparkmto.preprocessing.inspection.Pond;
import org.sparkmto.preprocessing.inspection.Validation;
import org.sparkmto.preprocessing.shard.ShardContent;
import org.sparkmto.storage.HadoopDefaults;

/** Corrupted data sets, made of a real one with targets of every kind. */
class CorruptingTest {
  private static final Configuration HADOOP = HadoopDefaults.copy();

  @TempDir private static Path folder;
  private static DatasetManifest clean;

  @BeforeAll
  static void write() throws IOException {
    clean = Pond.write(folder.resolve("pond"), 40, 3);
  }

  private static CorruptionRequest request(
      String out, List<CorruptionCondition> conditions, boolean mixed, String... splits) {
    return new CorruptionRequest(
        folder.resolve("pond").toString(),
        folder.resolve(out).toString(),
        conditions,
        List.of(splits),
        5,
        mixed,
        false);
  }

  private static Map<String, Duration> run(CorruptionRequest request) {
    Map<String, Duration> done = new LinkedHashMap<>();
    Corrupting.run(LocalSpark.session(), request, done::put);
    return done;
  }

  /** A sample with the bytes of its columns. */
  private record Stored(String id, long rank, List<byte[]> content) {}

  private static List<Stored> rows(String directory, String split) throws IOException {
    DatasetDirectory dataset = DatasetDirectory.open(folder.resolve(directory).toString(), HADOOP);
    List<Stored> rows = new ArrayList<>();
    for (ShardFile file : dataset.manifest().split(split).files()) {
      ShardContent.read(
          dataset.path(file),
          dataset.manifest().columns(),
          HADOOP,
          (id, rank, content) -> rows.add(new Stored(id, rank, content)));
    }
    return rows;
  }

  @Test
  void everyConditionIsADataSetOfTheSameSamplesAndTargets() throws IOException {
    List<CorruptionCondition> conditions =
        CorruptionCondition.of(List.of("gaussian-noise", "fog"), List.of(4));
    Map<String, Duration> done = run(request("each", conditions, false, "val"));
    assertThat(done).hasSize(2);
    List<Stored> before = rows("pond", "val");
    for (CorruptionCondition condition : conditions) {
      String directory = "each/" + condition.label();
      List<Stored> after = rows(directory, "val");
      assertThat(after).hasSameSizeAs(before).hasSizeGreaterThan(5);
      // By a reader of its own, in whatever order samples come.
      CorruptedReader alone =
          new CorruptedReader(
              sample -> before.get((int) sample.index()).content(),
              Pond.COLUMNS,
              List.of(condition),
              5);
      for (int i = before.size() - 1; i >= 0; i--) {
        Stored was = before.get(i);
        Stored is = after.get(i);
        assertThat(is.id()).isEqualTo(was.id());
        assertThat(is.rank()).isEqualTo(was.rank());
        assertThat(is.content().get(0)).isNotEqualTo(was.content().get(0));
        for (int column = 1; column < Pond.COLUMNS.size(); column++) {
          assertThat(is.content().get(column)).isEqualTo(was.content().get(column));
        }
        RawSample sample = new RawSample(was.id(), "val", "", i, new byte[0]);
        assertThat(is.content().get(0)).isEqualTo(read(alone, sample));
      }
      DatasetManifest manifest = DatasetDirectory.open(path(directory), HADOOP).manifest();
      assertThat(manifest.tasks()).isEqualTo(clean.tasks());
      assertThat(manifest.statistics()).isEqualTo(clean.statistics());
      assertThat(manifest.splits()).containsOnlyKeys("val");
      assertThat(manifest.settings()).containsEntry("option.size", "24x32");
      CorruptedData data = CorruptedData.of(manifest).orElseThrow();
      assertThat(data.conditions()).containsExactly(condition.label());
      assertThat(data.digests()).containsEntry("val", clean.split("val").digest());
      assertThat(data.seed()).isEqualTo("5");
    }
    // One of them is lost; the same request makes that one alone, and as it was.
    Path second = folder.resolve("each/fog-4");
    final String digest = digest("each/fog-4");
    Files.delete(second.resolve(DatasetManifest.FILE_NAME));
    Files.writeString(second.resolve("_unfinished"), "somebody\n");
    Map<String, Duration> again = run(request("each", conditions, false, "val"));
    assertThat(again.get(path("each/gaussian-noise-4"))).isZero();
    assertThat(again.get(path("each/fog-4"))).isPositive();
    assertThat(digest("each/fog-4")).isEqualTo(digest);
    assertThatThrownBy(
            () ->
                run(
                    new CorruptionRequest(
                        path("each/fog-4"),
                        path("twice"),
                        conditions,
                        List.of("val"),
                        5,
                        false,
                        false)))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("is corrupted already");
    assertThatThrownBy(
            () ->
                run(
                    new CorruptionRequest(
                        path("pond"), path("each"), conditions, List.of("val"), 6, false, false)))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("holds a finished data set");
  }

  /** A data set whose corruptions were others is not taken for what would be made now. */
  @Test
  void whatOtherAlgorithmsMadeIsMadeAgain() throws IOException {
    List<CorruptionCondition> conditions = CorruptionCondition.of(List.of("contrast"), List.of(2));
    run(request("older", conditions, false, "val"));
    Path manifest = folder.resolve("older/contrast-2").resolve(DatasetManifest.FILE_NAME);
    String now = "\"corruption.algorithm\" : \"" + Corruptions.ALGORITHM + "\"";
    String text = Files.readString(manifest);
    assertThat(text).contains(now);
    for (String before : List.of("\"corruption.algorithm\" : \"0\"", "\"unknown\" : \"\"")) {
      Files.writeString(manifest, SealedJson.seal(text.replace(now, before)));
      assertThatThrownBy(() -> run(request("older", conditions, false, "val")))
          .isInstanceOf(PreprocessingException.class)
          .hasMessageContaining("was made by other algorithms (")
          .hasMessageEndingWith("make it again with --overwrite");
    }
    CorruptionRequest again =
        new CorruptionRequest(
            path("pond"), path("older"), conditions, List.of("val"), 5, false, true);
    assertThat(run(again).get(path("older/contrast-2"))).isPositive();
    assertThat(run(request("older", conditions, false, "val")).get(path("older/contrast-2")))
        .isZero();
  }

  private static String digest(String directory) {
    return DatasetDirectory.open(path(directory), HADOOP).manifest().split("val").digest();
  }

  private static byte[] read(CorruptedReader reader, RawSample sample) {
    try {
      return reader.read(sample).get(0);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String path(String directory) {
    return folder.resolve(directory).toString();
  }

  /** What is fine-tuned on: every sample has a condition of its own. */
  @Test
  void mixedSamplesHaveEachOneOfTheConditions() throws IOException {
    List<CorruptionCondition> conditions =
        CorruptionCondition.of(List.of("contrast", "jpeg", "snow"), List.of(5));
    run(request("mixed", conditions, true, "train", "val"));
    List<Stored> before = rows("pond", "train");
    List<Stored> after = rows("mixed", "train");
    TreeSet<String> met = new TreeSet<>();
    for (int i = 0; i < before.size(); i++) {
      RawSample sample = new RawSample(before.get(i).id(), "train", "", i, new byte[0]);
      for (CorruptionCondition condition : conditions) {
        CorruptedReader alone =
            new CorruptedReader(
                one -> before.get((int) one.index()).content(),
                Pond.COLUMNS,
                List.of(condition),
                5);
        if (java.util.Arrays.equals(read(alone, sample), after.get(i).content().get(0))) {
          met.add(condition.label());
        }
      }
    }
    assertThat(met).containsExactly("contrast-5", "jpeg-5", "snow-5");
    DatasetManifest manifest = DatasetDirectory.open(path("mixed"), HADOOP).manifest();
    assertThat(manifest.statistics()).isEqualTo(clean.statistics());
    assertThat(Validation.of(LocalSpark.session(), path("mixed")).findings()).isEmpty();
  }

  /** Whatever else in a sentence has the name of a split: a task, a class. */
  @Test
  void whatIsSaidOfASplitIsKeptWithTheSplit() throws IOException {
    DatasetManifest pond = Pond.write(folder.resolve("odd"), 20, 3);
    List<String> ofTrain =
        List.of(
            Remark.of("task 'val' has no label", "train", "nothing can be learned of it").words(),
            Remark.of("task 'depth': class 'val' never occurs", "train", "").words());
    List<String> ofAll = List.of("the task 'val' is left out: its table has no column 'val'");
    List<String> said = new ArrayList<>(ofAll);
    said.addAll(ofTrain);
    said.add(Remark.of("task 'depth': class 'train' never occurs", "val", "").words());
    DatasetManifest odd =
        new DatasetManifest(
            pond.dataset(),
            pond.writer(),
            pond.seed(),
            pond.columns(),
            pond.tasks(),
            pond.splits(),
            pond.statistics(),
            pond.histograms(),
            pond.ranges(),
            pond.sources(),
            pond.settings(),
            said);
    Files.writeString(folder.resolve("odd").resolve(DatasetManifest.FILE_NAME), odd.toJson());
    List<CorruptionCondition> contrast = CorruptionCondition.of(List.of("contrast"), List.of(2));
    run(
        new CorruptionRequest(
            path("odd"), path("kept"), contrast, List.of("train"), 5, true, false));
    assertThat(DatasetDirectory.open(path("kept"), HADOOP).manifest().remarks())
        .containsExactly(ofAll.get(0), ofTrain.get(0), ofTrain.get(1));
  }

  @Test
  void whatCannotBeIsRefusedBeforeAnythingIsWritten() {
    List<CorruptionCondition> fog = CorruptionCondition.of(List.of("fog"), List.of(3));
    assertThatThrownBy(() -> run(request("none", fog, false, "test")))
        .isInstanceOf(DataContractException.class)
        .hasMessageContaining("has no split 'test'");
  }
}
