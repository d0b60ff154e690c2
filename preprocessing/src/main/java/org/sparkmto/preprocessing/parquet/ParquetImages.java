package org.sparkmto.preprocessing.parquet;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.embedded.EmbeddedRow;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;
import org.sparkmto.storage.Causes;

/**
 * Encoded files in rows of Parquet files; the source of a row is its file.
 *
 * @param files with equal schemas
 * @param columns names of binary columns, each a path of field names into nested structures
 */
public record ParquetImages(List<String> files, List<List<String>> columns)
    implements EmbeddedRows {
  public ParquetImages {
    files = List.copyOf(files);
    columns = columns.stream().map(List::copyOf).toList();
  }

  @Override
  public JavaRDD<EmbeddedRow> rows(SparkSession spark, Set<String> sources) {
    List<Column> selected = new ArrayList<>();
    Map<List<String>, DataType> types = new HashMap<>();
    selected.add(col("_metadata.file_path"));
    selected.add(col("_metadata.row_index"));
    for (List<String> path : columns) {
      types.put(path, DataTypes.BinaryType);
      selected.add(ParquetRows.column(path).substr(lit(1), lit(MOST_BYTES + 1)));
    }
    Dataset<Row> rows = ParquetRows.of(spark, files, types);
    if (sources.size() < files.size()) {
      Object[] places = sources.stream().map(ParquetRows::place).toArray();
      rows = rows.where(col("_metadata.file_path").isin(places));
    }
    int cells = columns.size();
    return rows.select(selected.toArray(new Column[0]))
        .javaRDD()
        .mapPartitions(Sound::new)
        .map(row -> row(row, cells));
  }

  private static EmbeddedRow row(Row row, int cells) {
    List<byte[]> bytes = new ArrayList<>(cells);
    for (int i = 0; i < cells; i++) {
      bytes.add((byte[]) row.get(2 + i));
    }
    return new EmbeddedRow(ParquetRows.file(row.getString(0)), row.getLong(1), bytes);
  }

  /** Rows of Parquet files; what is wrong with a file is said with its name. */
  private static final class Sound implements Iterator<Row> {
    private final Iterator<Row> rows;

    Sound(Iterator<Row> rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      try {
        return rows.hasNext();
      } catch (Exception e) {
        if (e instanceof SparkException) { // which the compiler cannot know
          throw PreprocessingException.failed(
              String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                  + " ("
                  + Causes.innermost(e).getMessage()
                  + ")");
        }
        throw e;
      }
    }

    @Override
    public Row next() {
      return rows.next();
    }
  }
}
