package org.sparkmto.preprocessing.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.preprocessing.job.PreprocessingSummary;
import org.sparkmto.preprocessing.matlab.MatFile;
import org.sparkmto.preprocessing.nyuv2.NyuClasses;
import org.sparkmto.preprocessing.nyuv2.Nyuv2;
import org.sparkmto.preprocessing.nyuv2.Nyuv2Npy;
import org.sparkmto.storage.HadoopDefaults;

/** Generated rooms through the readers of NYUv2, against the drawing itself. */
class RoomsTest {
  private static final int H = 72;
  private static final int W = 96;
  private static final int TRAIN = 20;
  private static final int TEST = 7;

  @TempDir private static Path raw;
  @TempDir private Path directory;

  @BeforeAll
  static void generate() {
    write(SamplesRequest.of("rooms", raw.resolve("mat").toString()).withCounts(TRAIN, 0, TEST));
    write(SamplesRequest.of("rooms-npy", raw.resolve("npy").toString()).withCounts(TRAIN, 0, TEST));
  }

  private static void write(SamplesRequest request) {
    SampleGeneration.write(LocalSpark.session(), request);
  }

  /** Pitfall 4: MATLAB's columns, and indices from 1. A room's place in the file says its split. */
  @Test
  void everyNumberOfTheLabelledFileComesBackAtItsPlace() throws Exception {
    RawContents contents = list(Nyuv2.ENTRY, "mat", "size=72x96, classes=40, validation-share=0");
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.samples()).hasSize(TRAIN + TEST);
    Map<String, Integer> next = new HashMap<>();
    double[] errors = new double[(TRAIN + TEST) * H * W];
    int compared = 0;
    int without = 0;
    try (SampleReader reader = contents.opener().open(files())) {
      for (RawSample sample : contents.samples()) {
        int index = next.merge(sample.split(), 1, Integer::sum) - 1;
        RoomView view = RoomView.of(0, sample.split(), index, H, W);
        List<byte[]> content = reader.read(sample);
        assertThat(content.get(0)).as(sample.id()).isEqualTo(view.image().samples());
        ByteBuffer depths = ByteBuffer.wrap(content.get(2)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < H * W; i++) {
          int raw894 = view.labels().values()[i];
          assertThat(content.get(1)[i] & 0xff)
              .isEqualTo(raw894 == 0 ? 255 : NyuClasses.fortyOf(raw894) - 1);
          assertThat(depths.getFloat(4 * i)).isEqualTo(view.depth().values()[i]);
          double error = angle(content.get(3), view, i);
          if (Double.isNaN(error)) {
            without++;
          } else {
            errors[compared++] = error;
          }
        }
      }
    }
    assertThat(next).isEqualTo(Map.of("train", TRAIN, "test", TEST));
    Arrays.sort(errors, 0, compared);
    double close = Arrays.stream(errors, 0, compared).filter(error -> error < 11.25).count();
    // Consistency (a).
    assertThat(errors[compared / 2]).isLessThan(1);
    assertThat(close / (compared + without)).isGreaterThan(0.85);
  }

  /** Degrees between the stored normal of a pixel and the true one; NaN where there is none. */
  private static double angle(byte[] stored, RoomView view, int pixel) {
    ByteBuffer normals = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    double[] here = new double[3];
    double[] there = new double[3];
    for (int c = 0; c < 3; c++) {
      here[c] = normals.getShort(2 * (c * H * W + pixel));
      there[c] = view.normals().at(c, pixel / W, pixel % W);
    }
    if (here[0] == Short.MIN_VALUE) {
      return Double.NaN;
    }
    double dot = here[0] * there[0] + here[1] * there[1] + here[2] * there[2];
    double x = here[1] * there[2] - here[2] * there[1];
    double y = here[2] * there[0] - here[0] * there[2];
    double z = here[0] * there[1] - here[1] * there[0];
    return Math.toDegrees(Math.atan2(Math.hypot(Math.hypot(x, y), z), dot));
  }

  @Test
  void theFoldersHoldTheSameRooms() throws Exception {
    RawContents contents = list(Nyuv2Npy.ENTRY, "npy", "size=72x96, validation-share=0");
    assertThat(contents.refused()).isEmpty();
    assertThat(contents.samples()).hasSize(TRAIN + TEST);
    try (SampleReader reader = contents.opener().open(files())) {
      for (RawSample sample : contents.samples()) {
        int index = Integer.parseInt(sample.id().substring(sample.id().indexOf('/') + 1));
        assertThat(sample.id()).startsWith(sample.split().equals("test") ? "val/" : "train/");
        RoomView view = RoomView.of(0, sample.split(), index, H, W);
        List<byte[]> content = reader.read(sample);
        assertThat(content.get(0)).isEqualTo(view.image().samples());
        for (int i = 0; i < H * W; i++) {
          int raw894 = view.labels().values()[i];
          assertThat(content.get(1)[i] & 0xff)
              .isEqualTo(raw894 == 0 ? 255 : NyuClasses.thirteenOf(NyuClasses.fortyOf(raw894)) - 1);
          // Components are off by 1.5e-5 at most, 0.0015 degrees in all.
          assertThat(angle(content.get(3), view, i)).isLessThan(0.002);
        }
      }
    }
  }

  /** Pitfall 8: raw depths have holes, depths have none. */
  @Test
  void rawDepthsAreAnotherVariable() throws Exception {
    RawContents contents = list(Nyuv2.ENTRY, "mat", "size=72x96, depth=raw, validation-share=0");
    RawSample sample = contents.samples().get(0);
    RoomView view = RoomView.of(0, sample.split(), 0, H, W);
    try (SampleReader reader = contents.opener().open(files())) {
      ByteBuffer depths =
          ByteBuffer.wrap(reader.read(sample).get(2)).order(ByteOrder.LITTLE_ENDIAN);
      int holes = 0;
      for (int i = 0; i < H * W; i++) {
        float expected = view.rawDepth().values()[i];
        assertThat(Float.valueOf(depths.getFloat(4 * i)))
            .isEqualTo(Float.valueOf(expected == 0 ? Float.NaN : expected));
        holes += expected == 0 ? 1 : 0;
      }
      assertThat(holes).isGreaterThan(100);
    }
  }

  @Test
  void splitsAndClassesAreFilesOfMatlab5() throws Exception {
    MatFile splits = MatFile.parse(Files.readAllBytes(raw.resolve("mat/splits.mat")));
    Set<Integer> numbers = new HashSet<>();
    for (String name : List.of("trainNdxs", "testNdxs")) {
      for (int number : splits.variable(name).integers()) {
        assertThat(numbers.add(number)).isTrue();
      }
    }
    assertThat(numbers).hasSize(TRAIN + TEST).contains(1, TRAIN + TEST).doesNotContain(0);
    assertThat(splits.variable("trainNdxs").integers()).as("not the first ones").contains(27 - 2);
    MatFile classes = MatFile.parse(Files.readAllBytes(raw.resolve("mat/classMapping40.mat")));
    int[] forty = classes.variable("mapClass").integers();
    assertThat(forty).hasSize(894);
    assertThat(forty[84]).isEqualTo(23);
    assertThat(classes.variable("allClassName").cells().get(84).text()).isEqualTo("books");
    assertThat(classes.variable("className").cells().get(22).text()).isEqualTo("books");
  }

  /** Pitfall 16: what is tested on is never used to stop early. */
  @Test
  void bothLayoutsGoThroughTheWholeJob() {
    for (String layout : List.of("mat", "npy")) {
      PreprocessingSummary summary =
          Preprocessing.run(
              LocalSpark.session(),
              PreprocessingRequest.of(
                      layout.equals("mat") ? "nyuv2" : "nyuv2-npy",
                      raw.resolve(layout).toString(),
                      path(layout))
                  .withOption("size", "36x48")
                  .withShards(3));
      DatasetManifest manifest = summary.manifest();
      assertThat(manifest.sources().kept()).isEqualTo(TRAIN + TEST);
      assertThat(manifest.split("train").rows()).isEqualTo(16);
      assertThat(manifest.split("val").rows()).as("a fifth of the training rooms").isEqualTo(4);
      assertThat(manifest.split("test").rows()).isEqualTo(TEST);
      assertThat(manifest.settings())
          .containsEntry("option.normals", layout.equals("mat") ? "fitted" : "files")
          .containsEntry("option.size", "36x48");
      assertThat(manifest.histograms().get("segmentation").counts())
          .hasSize(13)
          .allMatch(count -> count > 0);
      if (layout.equals("npy")) {
        List<Row> rows =
            LocalSpark.session()
                .read()
                .parquet(path(layout) + "/split=val")
                .select("sample_id")
                .collectAsList();
        assertThat(rows).hasSize(4).allMatch(row -> row.getString(0).startsWith("train/"));
      }
    }
  }

  @Test
  void faultsOfFoldersEndInQuarantine() {
    Map<Fault, Integer> faults =
        Map.of(Fault.MISSING_TARGET, 3, Fault.TRUNCATED, 2, Fault.ALL_VOID, 1, Fault.ODD_SIZE, 2);
    write(
        SamplesRequest.of("rooms-npy", path("faulty"))
            .withCounts(30, 0, 5)
            .withSize(new ImageSize(24, 32))
            .withFaults(new Faults(faults)));
    PreprocessingSummary summary =
        Preprocessing.run(
            LocalSpark.session(),
            PreprocessingRequest.of("nyuv2-npy", path("faulty"), path("shards"))
                .withOption("size", "24x32")
                .withMaxBad(0.5));
    assertThat(summary.manifest().sources().kept()).isEqualTo(27);
    assertThat(summary.manifest().sources().quarantined())
        .isEqualTo(Map.of("no-target", 3L, "truncated", 2L, "no-labels", 1L, "wrong-size", 2L));
  }

  @Test
  void faultsOfTheLabelledFile() {
    write(
        SamplesRequest.of("rooms", path("faulty"))
            .withCounts(12, 0, 3)
            .withSize(new ImageSize(24, 32))
            .withFaults(new Faults(Map.of(Fault.MISSING_TARGET, 2, Fault.ALL_VOID, 3))));
    PreprocessingSummary summary =
        Preprocessing.run(
            LocalSpark.session(),
            PreprocessingRequest.of("nyuv2", path("faulty"), path("shards"))
                .withOption("size", "24x32")
                .withOption("validation-share", "0")
                .withMaxBad(0.5));
    assertThat(summary.manifest().sources().quarantined()).isEqualTo(Map.of("no-labels", 3L));
    assertThat(summary.manifest().histograms().get("segmentation").missing())
        .as("two whole rooms")
        .isGreaterThan(2 * 24 * 32);
  }

  @Test
  void refusesWhatTheLayoutCannotHold() {
    assertRefused(
        SamplesRequest.of("rooms", path("x")).withFaults(new Faults(Map.of(Fault.TRUNCATED, 1))),
        "needs samples 'rooms-npy'");
    assertRefused(SamplesRequest.of("rooms", path("x")).withCounts(5, 1, 1), "validation-share");
    assertRefused(
        SamplesRequest.of("rooms-npy", path("x")).withCounts(5, 1, 1), "validation-share");
    assertRefused(
        SamplesRequest.of("rooms", path("x"))
            .withCounts(100_000, 0, 0)
            .withSize(new ImageSize(480, 640)),
        "generate 'rooms-npy'");
  }

  private static void assertRefused(SamplesRequest request, String part) {
    assertThatThrownBy(() -> write(request))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining(part);
  }

  private static RawFiles files() {
    return new RawFiles(HadoopDefaults.copy());
  }

  private static RawContents list(Entry<RawDataset> dataset, String layout, String options)
      throws IOException {
    org.apache.hadoop.fs.Path root = files().directory(raw.resolve(layout).toString());
    return ChosenDataset.of(dataset, ConfigFactory.parseString(options))
        .dataset()
        .list(root, files().within(root));
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }
}
