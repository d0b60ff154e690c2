package org.sparkmto.preprocessing.own;

import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.preprocessing.embedded.EmbeddedRow;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.parquet.ParquetRows;

/**
 * Images in rows of a table of Spark. The source of a row is the table with the row's identity, as
 * such rows have no numbers.
 *
 * @param id path of the identity
 * @param images columns in their order
 */
record SparkImages(
    String table, Dataset<Row> content, List<String> id, List<SparkTable.Found> images)
    implements EmbeddedRows {
  /** Fields of an image of Spark's data source {@code image}; the pixels are decoded. */
  private static final List<String> FIELDS = List.of("height", "width", "nChannels", "data");

  /** Whether a structure is such an image. */
  static boolean isImage(StructType structure) {
    return List.of(structure.fieldNames()).containsAll(FIELDS);
  }

  /** The source of a row. */
  static String source(String table, String id) {
    return table + "#" + id;
  }

  @Override
  public JavaRDD<EmbeddedRow> rows(SparkSession spark, Set<String> sources) {
    List<Column> selected = new ArrayList<>();
    selected.add(ParquetRows.column(id));
    ArrayList<Boolean> decoded = new ArrayList<>();
    for (SparkTable.Found image : images) {
      Column column = ParquetRows.column(image.path());
      selected.add(image.image() ? column : column.substr(lit(1), lit(MOST_BYTES + 1)));
      decoded.add(image.image());
    }
    String name = table;
    return content
        .select(selected.toArray(new Column[0]))
        .javaRDD()
        .map(row -> row(name, row, decoded));
  }

  private static EmbeddedRow row(String table, Row row, List<Boolean> decoded) {
    List<byte[]> cells = new ArrayList<>();
    for (int i = 0; i < decoded.size(); i++) {
      boolean empty = row.isNullAt(1 + i);
      cells.add(
          empty ? null : decoded.get(i) ? encoded(row.getStruct(1 + i)) : (byte[]) row.get(1 + i));
    }
    return new EmbeddedRow(source(table, new Cell("", row.get(0)).text()), 0, cells);
  }

  /** A decoded image as a file that is read like all others; one that is none stays so. */
  private static byte[] encoded(Row image) {
    int height = image.<Integer>getAs("height");
    int width = image.<Integer>getAs("width");
    int channels = image.<Integer>getAs("nChannels");
    byte[] data = image.getAs("data");
    long area = (long) height * width;
    boolean known = channels == 1 || channels == 3 || channels == 4;
    if (data == null || height < 1 || width < 1 || !known || data.length != area * channels) {
      return new byte[0];
    }
    byte[] samples = new byte[Math.toIntExact(3 * area)];
    for (int i = 0; i < area; i++) {
      for (int colour = 0; colour < 3; colour++) { // blue stands first there
        int from = channels == 1 ? 0 : 2 - colour;
        samples[(int) (colour * area) + i] = data[channels * i + from];
      }
    }
    return Png.encode(new Image(3, height, width, samples));
  }
}
