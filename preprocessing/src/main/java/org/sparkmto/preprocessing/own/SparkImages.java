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
import org.sparkmto.preprocessing.embedded.DecodedImage;
import org.sparkmto.preprocessing.embedded.EmbeddedRow;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;
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
          empty
              ? null
              : decoded.get(i) ? DecodedImage.file(row.getStruct(1 + i)) : (byte[]) row.get(1 + i));
    }
    return new EmbeddedRow(source(table, new Cell("", row.get(0)).text()), 0, cells);
  }
}
