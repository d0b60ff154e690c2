package org.sparkmto.ml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.ImageFile;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.random.Draws;
import org.sparkmto.training.Cluster;

/** A table of small images of one colour and some noise, a fifth of them for validation. */
final class Photos {
  static final int ROWS = 40;

  /** The tasks of the table, as own data has them. */
  static final String TASKS =
      """
      [
        { name = colour, kind = classification, column = colour, classes = [blue, green, red] }
        { name = bright, kind = binary, column = bright }
        { name = level, kind = regression, column = level }
        { name = tags, kind = multi-label, column = tags, classes = [dark, warm] }
      ]
      """
          .replace("}\n", "},\n");

  private static final StructType SCHEMA =
      StructType.fromDDL(
          "name STRING, image BINARY, colour STRING, bright BOOLEAN, level DOUBLE,"
              + " tags ARRAY<STRING>, held BOOLEAN");

  private Photos() {}

  /** A Spark in this JVM that ranks can train in. */
  static SparkSession session() {
    SparkConf conf =
        new SparkConf(false)
            .setMaster("local[2]")
            .setAppName("estimator tests")
            .set("spark.ui.enabled", "false")
            .set("spark.sql.shuffle.partitions", "2")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1");
    Cluster.prepare(conf);
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /** The table. Every fifth row lacks its colour, every seventh its level. */
  static Dataset<Row> table(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      int colour = i % 3;
      int level = 60 + 4 * i;
      rows.add(
          RowFactory.create(
              "photo-" + i,
              png(i),
              i % 5 == 4 ? null : List.of("red", "green", "blue").get(colour),
              level > 140,
              i % 7 == 6 ? null : Double.valueOf(level),
              level < 140 ? List.of("dark") : colour == 0 ? List.of("warm") : List.of(),
              i % 5 == 0));
    }
    return spark.createDataFrame(rows, SCHEMA).repartition(2);
  }

  /**
   * The same images in other forms: paths below a folder, into which they are written, structures
   * with bytes, and decoded ones as Spark's data source gives them.
   */
  static Dataset<Row> forms(SparkSession spark, Path folder)
      throws IOException, UnreadableSampleException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      byte[] png = png(i);
      Files.write(folder.resolve(i + ".png"), png);
      Image image = ImageFile.decode(png);
      int area = image.height() * image.width();
      byte[] pixels = new byte[3 * area];
      for (int at = 0; at < pixels.length; at++) {
        pixels[at] = image.samples()[(2 - at % 3) * area + at / 3]; // blue stands first
      }
      Row decoded = RowFactory.create("", image.height(), image.width(), 3, 16, pixels);
      rows.add(
          RowFactory.create("photo-" + i, i + ".png", RowFactory.create(png, "x"), decoded, i > 9));
    }
    return spark
        .createDataFrame(
            rows,
            StructType.fromDDL(
                "name STRING, path STRING, bytes STRUCT<bytes: BINARY, path: STRING>, pixels"
                    + " STRUCT<origin: STRING, height: INT, width: INT, nChannels: INT, mode: INT,"
                    + " data: BINARY>, late BOOLEAN"))
        .repartition(2);
  }

  static byte[] png(int number) {
    Draws draws = Draws.of(7);
    int side = 10 + number % 4;
    byte[] content = new byte[3 * side * side];
    for (int i = 0; i < content.length; i++) {
      int noise = (int) (20 * draws.uniform(1000L * number + i));
      content[i] = (byte) (i / (side * side) == number % 3 ? 60 + 4 * number + noise : noise);
    }
    return Png.encode(new Image(3, side, side, content));
  }
}
