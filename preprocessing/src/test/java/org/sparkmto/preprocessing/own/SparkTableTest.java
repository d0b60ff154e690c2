package org.sparkmto.preprocessing.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.job.LocalSpark;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.preprocessing.shard.SampleRuns;
import org.sparkmto.storage.HadoopDefaults;

@Tag("slow")
class SparkTableTest {
  private static final SparkSession SPARK = LocalSpark.session();

  @TempDir private Path directory;

  /** A database of Spark's own catalog, whose tables are Parquet files. */
  @BeforeEach
  void table() throws IOException {
    Files.createDirectories(directory.resolve("raw/photos"));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Files.write(directory.resolve("raw/photos/" + i + ".png"), png(i));
      rows.add(
          RowFactory.create(
              "s" + i,
              i % 2 == 0 ? "cat" : "dog",
              i / 2.0,
              png(i),
              RowFactory.create(png(i), "x.png"),
              "photos/" + i + ".png"));
    }
    SPARK.sql("CREATE DATABASE shop LOCATION '" + directory.resolve("shop") + "'");
    SPARK
        .createDataFrame(
            rows,
            StructType.fromDDL(
                "name STRING, label STRING, weight DOUBLE, image BINARY,"
                    + " hugging STRUCT<bytes: BINARY, path: STRING>, path STRING"))
        .write()
        .saveAsTable("shop.photos");
  }

  @AfterEach
  void drop() {
    SPARK.sql("DROP DATABASE shop CASCADE");
  }

  @Test
  void imagesAreReadAsBytesStructuresPathsAndSparksOwnImages() {
    run(
        config("spark_catalog.shop.photos", "image", "id = name")
            .withValue(
                "inputs",
                ConfigFactory.parseString(
                        "i = [{ name = photo, column = image }, { name = structure, column ="
                            + " hugging }, { name = file, column = path }]")
                    .getValue("i")));
    Map<String, Row> rows = rows();
    assertThat(rows.keySet()).hasSize(12).contains("s0", "s11");
    for (int i = 0; i < 12; i++) {
      Row row = rows.get("s" + i);
      for (String input : List.of("photo", "structure", "file")) {
        assertThat(row.<byte[]>getAs(input)).as(input).containsOnly(17 * i);
      }
      assertThat(row.<byte[]>getAs("labels")).containsExactly(i % 2);
    }
    SPARK
        .createDataFrame(
            List.of(RowFactory.create("3", "dog", RowFactory.create("x", 4, 5, 3, 16, blue()))),
            StructType.fromDDL(
                "name STRING, label STRING, pixels STRUCT<origin: STRING, height: INT, width: INT,"
                    + " nChannels: INT, mode: INT, data: BINARY>"))
        .write()
        .saveAsTable("shop.decoded");
    run(config("shop.decoded", "pixels", "id = name"));
    byte[] decoded = rows().get("3").getAs("photo");
    assertThat(Arrays.copyOf(decoded, 20)).containsOnly(30); // red stands first here
    assertThat(Arrays.copyOfRange(decoded, 40, 60)).containsOnly(10);
  }

  @Test
  void whatTheTableHasNotIsRefused() {
    assertRefused(
        config("shop.photos", "image", ""), "id is not given", "rows of table shop.photos");
    assertRefused(
        config("shop.photos", "imag", "id = name"),
        "names column 'imag', which is not in table shop.photos",
        "did you mean 'image'?");
    assertRefused(config("shop.photos", "weight", "id = name"), "of type double, not of paths");
    assertRefused(
        config("shop.none", "image", "id = name"),
        "there is no",
        "shop.none, nor does Spark know a table of that name");
    assertRefused(
        config("no.such.table", "image", "id = name, format = table"),
        "table = no.such.table is no table that Spark knows",
        "spark.sql.catalog");
  }

  /** As a trained network is asked about them: no labels, and no configuration of tasks. */
  @Test
  void imagesWithoutLabelsAreListedByTheNameOfTheirTable() throws Exception {
    for (String column : List.of("image", "path")) {
      ImageTable.Named named =
          new ImageTable.Named(
              "shop.photos", column, Optional.of("name"), Optional.empty(), Optional.empty());
      RawRoot root =
          RawRoot.of(directory.resolve("raw").toString(), List.of(), HadoopDefaults.copy());
      ImageTable table = ImageTable.read(named, List.of(), root, HadoopDefaults.copy());
      assertThat(table.samples()).extracting(RawSample::id).hasSize(12).contains("s0", "s11");
      for (RawSample sample :
          SampleRuns.of(SPARK, table.embedded(), table.samples(), 3).collect()) {
        byte[] file =
            table.column().read(sample, root.files(HadoopDefaults.copy()), EmbeddedRows.MOST_BYTES);
        assertThat(file).isEqualTo(png(Integer.parseInt(sample.id().substring(1))));
        assertThat(table.column().place(sample)).matches("row \\d+ of table shop.photos");
      }
    }
  }

  private static Config config(String table, String column, String more) {
    return ConfigFactory.parseString(
        """
        table = %s, size = 4x5, validation-share = 0, %s
        inputs = [{ name = photo, column = %s }]
        tasks = [{ name = kind, kind = classification, column = label, classes = [cat, dog] }]
        """
            .formatted(table, more, column));
  }

  private void run(Config config) {
    Preprocessing.run(SPARK, request(config));
  }

  private PreprocessingRequest request(Config config) {
    return PreprocessingRequest.of(
            "own", directory.resolve("raw").toString(), directory.resolve("out").toString())
        .withOptions(config)
        .withShards(2)
        .overwriting();
  }

  private void assertRefused(Config config, String... parts) {
    assertThatThrownBy(() -> run(config))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll(parts)
        .matches(e -> ((PreprocessingException) e).isWrongUsage(), "wrong usage")
        .matches(e -> e.getMessage().lines().count() == 1, "one line");
  }

  private Map<String, Row> rows() {
    Map<String, Row> rows = new TreeMap<>();
    SPARK
        .read()
        .parquet(directory.resolve("out/split=train").toString())
        .collectAsList()
        .forEach(row -> rows.put(row.getAs("sample_id"), row));
    return rows;
  }

  /** Pixels as Spark's data source for images has them: blue, green, red, row by row. */
  private static byte[] blue() {
    byte[] pixels = new byte[3 * 4 * 5];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (10 * (i % 3 + 1));
    }
    return pixels;
  }

  private static byte[] png(int number) {
    byte[] samples = new byte[3 * 4 * 5];
    Arrays.fill(samples, (byte) (17 * number));
    return Png.encode(new Image(3, 4, 5, samples));
  }
}
