package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.image.Png;

/** An archive of 200 streets of which 10 are bad in 8 ways. */
class CorruptArchiveIT {
  @TempDir static Path folder;

  private static Path raw;
  private static final Map<String, String> EXPECTED = new TreeMap<>();

  @BeforeAll
  static void corrupt() throws Exception {
    raw = folder.resolve("raw");
    String out = raw.toString();
    assertThat(
            mto(
                "samples", "streets", "--out", out, "--train", "200", "--val", "0", "--test", "0",
                "--size", "32x64"))
        .isZero();
    List<String> cores = cores();
    assertThat(cores).hasSize(200);
    Files.delete(file(cores.get(3), "disparity", "disparity"));
    expect(cores.get(3), "no-target");
    Files.delete(file(cores.get(20), "gtFine", "gtFine_labelIds"));
    expect(cores.get(20), "no-target");
    cut(file(cores.get(41), "leftImg8bit", "leftImg8bit"), 0.1);
    expect(cores.get(41), "truncated");
    cut(file(cores.get(60), "disparity", "disparity"), 0.9);
    expect(cores.get(60), "truncated");
    Path damaged = file(cores.get(81), "leftImg8bit", "leftImg8bit");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);
    expect(cores.get(81), "damaged");
    Path jpeg = file(cores.get(100), "gtFine", "gtFine_labelIds");
    Files.write(jpeg, Jpeg.encode(new Image(3, 32, 64, new byte[3 * 32 * 64]), 0.9f));
    expect(cores.get(100), "wrong-format");
    Path huge = file(cores.get(121), "leftImg8bit", "leftImg8bit");
    Files.write(huge, announcing(60_000, 60_000, Files.readAllBytes(huge)));
    expect(cores.get(121), "too-large");
    Path label = file(cores.get(140), "gtFine", "gtFine_labelIds");
    IntegerMap map = Png.decodeNumbers(Files.readAllBytes(label));
    map.values()[777] = 200;
    Files.write(label, Png.encode(map, 8));
    expect(cores.get(140), "bad-label");
    IntegerMap nothing = new IntegerMap(32, 64, new int[32 * 64]);
    Files.write(file(cores.get(161), "gtFine", "gtFine_labelIds"), Png.encode(nothing, 8));
    Files.write(file(cores.get(161), "disparity", "disparity"), Png.encode(nothing, 16));
    expect(cores.get(161), "no-labels");
    Path small = file(cores.get(180), "disparity", "disparity");
    Files.write(small, Png.encode(new IntegerMap(31, 64, new int[31 * 64]), 16));
    expect(cores.get(180), "wrong-size");
    assertThat(EXPECTED).hasSize(10);
    assertThat(EXPECTED.values().stream().distinct()).hasSize(8);
  }

  @Test
  void theOthersAreKeptAndTheBadOnesAreInTheTableWithTheirReasons() throws IOException {
    String out = folder.resolve("kept").toString();
    assertThat(mto("preprocess", "cityscapes", "--raw", raw.toString(), "--out", out)).isZero();
    DatasetManifest manifest = DatasetDirectory.open(out, new Configuration()).manifest();
    assertThat(manifest.sources().listed()).isEqualTo(200);
    assertThat(manifest.sources().kept()).isEqualTo(190);
    assertThat(manifest.splits().values().stream().mapToLong(split -> split.rows()).sum())
        .isEqualTo(190);
    assertThat(quarantine(out)).isEqualTo(EXPECTED);
    assertThat(mto("validate", out)).isZero();
  }

  @Test
  void aSmallerShareOfBadOnesIsRefusedAndNothingIsFinished() throws IOException {
    String out = folder.resolve("refused").toString();
    StringWriter err = new StringWriter();
    String[] command = {
      "preprocess", "cityscapes", "--raw", raw.toString(), "--out", out, "--max-bad", "0.01"
    };
    assertThat(mto(err, command)).isEqualTo(1);
    assertThat(err.toString()).contains("10 of 200 samples are bad (5.00 %), allowed are 1.00 %");
    assertThat(folder.resolve("refused/_dataset.json")).doesNotExist();
    assertThat(quarantine(out)).as("the table helps to mend the archive").isEqualTo(EXPECTED);
    assertThat(mto("inspect", out)).isEqualTo(ExitCode.WRONG_CONFIGURATION);
  }

  private static void expect(String core, String reason) {
    EXPECTED.put(core, reason);
  }

  private static Map<String, String> quarantine(String out) throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    try (SparkSession spark = SparkSession.builder().master("local[1]").getOrCreate()) {
      for (Row row : spark.read().parquet(out + "/_quarantine").collectAsList()) {
        reasons.put(row.getString(0), row.getString(2));
      }
    }
    return reasons;
  }

  private static List<String> cores() throws IOException {
    List<String> cores = new ArrayList<>();
    try (Stream<Path> files = Files.walk(raw.resolve("leftImg8bit/train"))) {
      files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString().replace("_leftImg8bit.png", ""))
          .sorted()
          .forEach(cores::add);
    }
    return cores;
  }

  private static Path file(String core, String type, String ending) {
    String city = core.substring(0, core.indexOf('_'));
    return raw.resolve(type + "/train/" + city + "/" + core + "_" + ending + ".png");
  }

  private static void cut(Path file, double share) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength((long) (open.length() * share));
    }
  }

  /** The file with another size in its header, and a right checksum of that. */
  private static byte[] announcing(int width, int height, byte[] png) {
    ByteBuffer bytes = ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    return bytes.putInt(29, (int) crc.getValue()).array();
  }

  private static int mto(String... arguments) {
    return mto(new StringWriter(), arguments);
  }

  private static int mto(StringWriter err, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!arguments[0].equals("inspect")) {
      all.addAll(List.of("--master", "local[2]"));
    }
    int code =
        Main.run(
            Main.subCommands(),
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(err),
            all.toArray(String[]::new));
    System.out.print(err);
    return code;
  }
}
