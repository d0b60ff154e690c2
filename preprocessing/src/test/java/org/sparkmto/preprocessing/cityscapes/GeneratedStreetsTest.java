package org.sparkmto.preprocessing.cityscapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.image.Tiff;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.preprocessing.samples.Fault;
import org.sparkmto.preprocessing.samples.Faults;
import org.sparkmto.preprocessing.samples.SampleGeneration;
import org.sparkmto.preprocessing.samples.SamplesRequest;

/** Generated streets, from raw files to shards, against the raw files read by hand. */
class GeneratedStreetsTest {
  private static final int TRAIN = 40;
  private static final int VAL = 5;
  private static final int TEST = 3;

  private static final int[] TRAIN_IDS = {
    255, 255, 255, 255, 255, 255, 255, 0, 1, 255, 255, 2, 3, 4, 255, 255, 255, 5, 255, 6, 7, 8, 9,
    10, 11, 12, 13, 14, 15, 255, 255, 16, 17, 18
  };

  /** Category of each train id. */
  private static final int[] CATEGORIES = {0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 6, 6, 6, 6, 6, 6};

  @TempDir private static Path directory;
  private static Path raw;

  @BeforeAll
  static void generate() {
    raw = directory.resolve("raw");
    SampleGeneration.write(
        LocalSpark.session(),
        SamplesRequest.of("streets", raw.toString())
            .withCounts(TRAIN, VAL, TEST)
            .withSize(new ImageSize(64, 128))
            .withFaults(
                new Faults(
                    Map.of(
                        Fault.MISSING_TARGET, 1,
                        Fault.TRUNCATED, 1,
                        Fault.ALL_VOID, 1,
                        Fault.ODD_SIZE, 1))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mtan-2", "kendall-3", "ial-3"})
  void shardsHoldWhatTheRawFilesSay(String tasks) throws Exception {
    SparkSession spark = LocalSpark.session();
    String out = directory.resolve(tasks).toString();
    DatasetManifest manifest =
        Preprocessing.run(
                spark,
                PreprocessingRequest.of("cityscapes", raw.toString(), out)
                    .withOption("tasks", tasks)
                    .withOption("size", "32x64")
                    .withOption("target-size", "16x32")
                    .withMaxBad(0.2))
            .manifest();
    // The three images of the official test split are not even listed.
    assertThat(manifest.sources().listed()).isEqualTo(TRAIN + VAL);
    assertThat(manifest.sources().kept()).isEqualTo(TRAIN + VAL - 4);
    assertThat(manifest.sources().quarantined())
        .isEqualTo(
            new TreeMap<>(
                Map.of("no-target", 1L, "truncated", 1L, "no-labels", 1L, "wrong-size", 1L)));
    assertThat(manifest.split("test").rows()).isEqualTo(VAL);
    assertThat(manifest.split("train").rows() + manifest.split("val").rows()).isEqualTo(TRAIN - 4);
    assertThat(manifest.split("val").rows()).isBetween(4L, 8L); // 8 of 40, less the bad ones

    Map<String, Row> rows =
        spark.read().parquet(out + "/split=*").collectAsList().stream()
            .collect(Collectors.toMap(row -> row.getAs("sample_id"), row -> row));
    assertThat(rows).hasSize(TRAIN + VAL - 4);
    for (Map.Entry<String, Row> row : rows.entrySet()) {
      check(row.getKey(), row.getValue(), tasks);
    }
    long labelled =
        manifest.histograms().get("segmentation").counts().stream().mapToLong(n -> n).sum();
    assertThat(labelled).isGreaterThan(manifest.split("train").rows() * 16 * 32 / 2);
  }

  private static void check(String core, Row row, String tasks) throws Exception {
    String split = core.startsWith("frankfurt") ? "val" : "train";
    IntegerMap labels = png(RawFile.LABEL_IDS, split, core);
    int[] ids = small(labels);
    int[] raws = small(png(RawFile.DISPARITY, split, core));
    byte[] segmentation = row.getAs("segmentation");
    ByteBuffer disparity = TinyCity.numbers(row.getAs("disparity"));
    for (int i = 0; i < ids.length; i++) {
      int trainId = TRAIN_IDS[ids[i]];
      int expected = tasks.equals("mtan-2") && trainId != 255 ? CATEGORIES[trainId] : trainId;
      assertThat(segmentation[i] & 0xff).isEqualTo(expected);
      assertThat(disparity.getShort(2 * i) & 0xffff).isEqualTo(raws[i]);
    }
    if (tasks.equals("ial-3")) {
      int[] uids = small(Tiff.decodeNumbers(read(RawFile.PARTS, split, core)));
      byte[] parts = row.getAs("parts");
      for (int i = 0; i < uids.length; i++) {
        int part = uids[i] < 100_000 ? 0 : uids[i] % 100;
        int id = uids[i] / 100_000;
        assertThat((int) parts[i]).isEqualTo(part == 0 ? 0 : id < 26 ? part : part + 4);
      }
    } else if (tasks.equals("kendall-3")) {
      IntegerMap numbers = png(RawFile.INSTANCE_IDS, split, core);
      int[] kept = small(TinyCity.map(64, 128, i -> i));
      ByteBuffer offsets = TinyCity.numbers(row.getAs("offsets"));
      Map<Integer, double[]> centres = new TreeMap<>();
      for (int i = 0; i < 64 * 128; i++) {
        double[] sums = centres.computeIfAbsent(numbers.values()[i], n -> new double[3]);
        sums[0] += Math.floorDiv(i, 128);
        sums[1] += i % 128;
        sums[2]++;
      }
      for (int i = 0; i < kept.length; i++) {
        int number = numbers.values()[kept[i]];
        double[] sums = centres.get(number);
        boolean object = number >= 1000 && TRAIN_IDS[number / 1000] != 255;
        float dy = (float) (Math.floorDiv(kept[i], 128) - sums[0] / sums[2]);
        float dx = (float) (kept[i] % 128 - sums[1] / sums[2]);
        assertThat(offsets.getFloat(4 * i)).isEqualTo(object ? dy : Float.NaN, within(1e-5f));
        assertThat(offsets.getFloat(4 * (kept.length + i)))
            .isEqualTo(object ? dx : Float.NaN, within(1e-5f));
      }
    }
  }

  /** The numbers of the pixels in the middle of each 4x4, rounded to the lower right. */
  private static int[] small(IntegerMap map) {
    int[] kept = new int[16 * 32];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = map.at(4 * Math.floorDiv(i, 32) + 2, 4 * (i % 32) + 2);
    }
    assertThat(map.resized(16, 32, NearestPixel.CENTRE).values()).isEqualTo(kept);
    return kept;
  }

  private static IntegerMap png(RawFile kind, String split, String core) throws Exception {
    return Png.decodeNumbers(read(kind, split, core));
  }

  private static byte[] read(RawFile kind, String split, String core) throws Exception {
    return Files.readAllBytes(new TinyCity(raw, false).path(kind, split, core));
  }

  /** Depth in metres is between the camera and the cap, and where disparities are. */
  @Test
  void metricDepthOfStreets() throws Exception {
    TinyCity city = new TinyCity(raw, false);
    Map<String, String> chosen =
        TinyCity.options("disparity", "metric-depth", "size", "64x128", "target-size", "64x128");
    List<String> cores = List.copyOf(TinyCity.ids(city.list(chosen), "test"));
    assertThat(cores).hasSize(VAL);
    for (String core : cores) {
      ByteBuffer depth = TinyCity.numbers(city.read(chosen, core).get(2));
      int[] raws = png(RawFile.DISPARITY, "val", core).values();
      for (int i = 0; i < raws.length; i++) {
        if (raws[i] == 0) {
          assertThat(depth.getFloat(4 * i)).isNaN();
        } else {
          assertThat(depth.getFloat(4 * i)).isBetween(0.5f, 80f);
        }
      }
    }
  }
}
