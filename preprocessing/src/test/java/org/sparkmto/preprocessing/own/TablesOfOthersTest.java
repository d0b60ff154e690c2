package org.sparkmto.preprocessing.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;

/** Tables as other programs write them; those of Parquet were made by {@code tables.py}. */
class TablesOfOthersTest {
  private static final String TWELVE =
      """
      size = 4
      id = id
      validation-share = 0
      inputs = [{ column = image }]
      tasks = [
        { name = kind, kind = classification, column = kind, classes = [cat, dog] }
        { name = real, kind = regression, column = real }
      ]
      """;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pandas.parquet",
        "pyarrow.parquet",
        "pyarrow-split.parquet",
        "pyarrow-gzip.parquet",
        "pyarrow-zstd.parquet",
        "pyarrow-lz4.parquet",
        "pyarrow-none.parquet",
        "polars.parquet",
        "duckdb.parquet",
        "duckdb-v2.parquet",
        "datasets.parquet"
      })
  void theTwelveRowsOfEveryProgram(String table) throws IOException {
    unpack();
    assertTwelve(table, "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"polars-hive", "duckdb-hive"})
  void directoriesOfKeysAreColumns(String table) throws IOException {
    unpack();
    assertTwelve(table, "split { column = fold, train = [\"a b\", \"c=%\"] }\n");
    assertThatThrownBy(
            () -> run("table = " + table + "\nsplit { column = flod, train = a }\n" + TWELVE))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("did you mean 'fold'?");
  }

  @Test
  void aCompressionWithoutACodecIsNamed() throws IOException {
    unpack();
    assertFails("table = pyarrow-brotli.parquet\n" + TWELVE, "BROTLI", "zstd");
  }

  @ParameterizedTest
  @CsvSource({"half, fixed_len_byte_array (FLOAT16)", "nanos, NANOS", "time, time(6)"})
  void aTypeThatIsNotReadIsNamedWhereItIsWanted(String column, String type) throws IOException {
    unpack();
    assertFails(
        "table = pyarrow.parquet\n"
            + TWELVE
            + "tasks = [{ name = real, kind = regression, column = "
            + column
            + " }]",
        "names column '" + column + "' of type",
        type);
  }

  @Test
  void aDamagedFileOfADirectoryIsNamed() throws IOException {
    unpack();
    Path folder = Files.createDirectories(directory.resolve("raw/many"));
    byte[] sound = Files.readAllBytes(directory.resolve("raw/pyarrow-none.parquet"));
    Files.write(folder.resolve("a b.parquet"), sound);
    byte[] damaged = sound.clone();
    Arrays.fill(damaged, sound.length / 4, sound.length / 2, (byte) 0xFF);
    Files.write(folder.resolve("c d.parquet"), damaged);
    assertFails("table = many\n" + TWELVE, "c d.parquet");
  }

  @ParameterizedTest
  @CsvSource({"UTF-16LE, true", "UTF-16BE, true", "UTF-8, true", "UTF-8, false"})
  void textInTheEncodingsOfSpreadsheets(String charset, boolean mark) throws IOException {
    csv((mark ? "\uFEFF" : "") + "image,kind\ncafé.png,cat\n", Charset.forName(charset));
    assertThat(ids()).containsExactly("café.png");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void linesEndAsOnEverySystem(String end) throws IOException {
    csv(String.join(end, "image,kind", "café.png,cat", ""), StandardCharsets.UTF_8);
    assertThat(ids()).containsExactly("café.png");
  }

  @Test
  void whatIsNoUtf8IsSaid() throws IOException {
    csv("image,kind\ncafé.png,cat\n", StandardCharsets.UTF_16LE);
    assertFails(config(), "UTF-16 without a byte order mark");
    csv("image,kind\ncafé.png,cat\n", StandardCharsets.ISO_8859_1);
    assertFails(config(), "save it as UTF-8");
    csv("image,kind,by\ncafé.png,cat,é\n", StandardCharsets.UTF_8);
    Files.write(
        directory.resolve("raw/t.csv"),
        "image,kind,by\nplain.png,cat,é\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(ids()).as("a column that nobody asks for").containsExactly("plain.png");
  }

  @Test
  void anAbsolutePathBelowTheDirectoryOfTheImagesIsOneOfThem() throws IOException {
    Path raw = directory.resolve("raw").toAbsolutePath();
    csv("image,kind\n%s/café.png,cat\n".formatted(raw), StandardCharsets.UTF_8);
    assertThat(ids()).containsExactly("café.png");
    csv("image,kind\nfile://%s/café.png,cat\n".formatted(raw), StandardCharsets.UTF_8);
    assertThat(ids()).containsExactly("café.png");
  }

  @Test
  void anotherSeparatorIsNamed() throws IOException {
    csv("image;kind\ncafé.png;cat\n", StandardCharsets.UTF_8);
    assertFails(config(), "no ',' but ';', which belongs into 'separator'");
    csv("image\tkind\ncafé.png\tcat\n", StandardCharsets.UTF_8);
    assertFails(config(), "no ',' but '\\t', which belongs into 'separator'");
  }

  @Test
  void columnsThatNobodyAsksForMayHaveOneName() throws IOException {
    csv("image,kind,,,x,x\ncafé.png,cat,1,2,3,4\n", StandardCharsets.UTF_8);
    assertThat(ids()).containsExactly("café.png");
  }

  @ParameterizedTest
  @CsvSource({
    "C:/photos/a.png, a drive or an address",
    "http://host/a.png, a drive or an address",
    "photos\\a.png, with a backslash; between directories stands /",
    "/photos/a.png, an absolute path",
    "../a.png, with .. in it",
    "./, without a name"
  })
  void pathsOfOtherKindsAreToldApart(String path, String trouble) {
    assertThat(SafePath.of(path)).isEqualTo(new SafePath("", trouble));
    assertThat(SafePath.of(path).plain()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"upright, 1", "stored, 0"})
  void imagesAreTurnedAsTheirExifSays(String orientation, int place) throws IOException {
    csv("image,kind\nturned.jpg,cat\n", StandardCharsets.UTF_8);
    byte[] dark = new byte[3 * 64 * 64];
    for (int i = 0; i < dark.length; i++) {
      dark[i] = (byte) (i % 64 < 32 ? 255 : 0); // bright on the left, as it is stored
    }
    byte[] jpeg = org.sparkmto.preprocessing.image.Jpeg.encode(new Image(3, 64, 64, dark), 1f);
    ByteBuffer file = ByteBuffer.allocate(jpeg.length + 36);
    file.put(jpeg, 0, 2).putShort((short) 0xFFE1).putShort((short) 34);
    file.put("Exif\0\0MM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8).putShort((short) 1);
    file.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) 6);
    file.putShort((short) 0).putInt(0).put(jpeg, 2, jpeg.length - 2);
    Files.write(directory.resolve("raw/turned.jpg"), file.array());
    run("orientation = " + orientation + "\n" + config());
    Row row =
        LocalSpark.session().read().parquet(directory.resolve("out/split=train").toString()).head();
    byte[] image = row.getAs("image");
    assertThat(image[place == 1 ? 3 : 12] & 0xff).as("a corner").isGreaterThan(200);
    assertThat(image[place == 1 ? 12 : 3] & 0xff).as("the other corner").isLessThan(50);
  }

  @Test
  void aColonInANameIsOrdinary() throws IOException {
    csv("image,kind\nat 12:30.png,cat\n", StandardCharsets.UTF_8);
    Files.write(directory.resolve("raw/at 12:30.png"), png());
    assertThat(ids()).containsExactly("at 12:30.png");
  }

  private void assertTwelve(String table, String more) throws IOException {
    run("table = " + table + "\n" + more + TWELVE);
    TreeMap<String, Row> rows = new TreeMap<>();
    LocalSpark.session()
        .read()
        .parquet(directory.resolve("out/split=train").toString())
        .collectAsList()
        .forEach(row -> rows.put(row.getAs("sample_id"), row));
    int missing = 0;
    for (int i = 0; i < 12; i++) {
      boolean label = i % 3 < 2;
      boolean number = i % 4 < 3;
      Row row = rows.get(i + ".png");
      if (!label && !number) {
        assertThat(row).isNull();
        missing++;
        continue;
      }
      assertThat(row.<byte[]>getAs("image")).hasSize(48).containsOnly((byte) (i * 9));
      assertThat(row.<byte[]>getAs("labels")).containsExactly(label ? (byte) (i % 3) : -1);
      float real =
          ByteBuffer.wrap(row.<byte[]>getAs("real")).order(ByteOrder.LITTLE_ENDIAN).getFloat();
      assertThat(Float.valueOf(real)).isEqualTo(Float.valueOf(number ? i / 2f : Float.NaN));
    }
    assertThat(rows).hasSize(12 - missing);
  }

  private void unpack() throws IOException {
    try (InputStream in = TablesOfOthersTest.class.getResourceAsStream("tables.zip");
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
        Path file = directory.resolve("raw").resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.write(file, zip.readAllBytes());
      }
    }
  }

  private void csv(String text, Charset charset) throws IOException {
    Files.createDirectories(directory.resolve("raw"));
    Files.write(directory.resolve("raw/t.csv"), text.getBytes(charset));
    Files.write(directory.resolve("raw/café.png"), png());
    Files.write(directory.resolve("raw/plain.png"), png());
  }

  private static byte[] png() {
    return Png.encode(new Image(3, 4, 4, new byte[48]));
  }

  private static String config() {
    return """
    table = t.csv
    size = 4
    validation-share = 0
    inputs = [{ column = image }]
    tasks = [{ name = kind, kind = classification, column = kind, classes = [cat, dog] }]
    """;
  }

  private List<String> ids() throws IOException {
    run(config());
    return LocalSpark.session()
        .read()
        .parquet(directory.resolve("out/split=train").toString())
        .select("sample_id")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private void assertFails(String config, String... parts) {
    assertThatThrownBy(() -> run(config))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> e.getMessage().lines().count() == 1, "one line");
  }

  private void run(String config) {
    Config options = ConfigFactory.parseString(config);
    Preprocessing.run(
        LocalSpark.session(),
        PreprocessingRequest.of(
                "own", directory.resolve("raw").toString(), directory.resolve("out").toString())
            .withOptions(options)
            .withMaxBad(0.1)
            .withShards(1)
            .overwriting());
  }
}
