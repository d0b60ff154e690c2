package org.sparkmto.preprocessing.parquet;

import static org.apache.spark.sql.functions.col;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * Rows of other people's Parquet files, read by Spark in a session of its own, with nothing but the
 * columns that are asked for: a column of a type that Spark does not know, which nobody wants, does
 * no harm.
 *
 * <p>Rows are read one by one: Spark's columnar reader would hold 4,096 images at a time, and does
 * not know the encoding {@code BYTE_STREAM_SPLIT}.
 */
public final class ParquetRows {
  private ParquetRows() {}

  /**
   * The rows of files.
   *
   * @param columns paths of field names into nested structures, and what is found there
   */
  public static Dataset<Row> of(
      SparkSession spark, List<String> files, Map<List<String>, DataType> columns) {
    SparkSession reading = spark.newSession();
    reading.conf().set("spark.sql.parquet.enableVectorizedReader", false);
    reading.conf().set("spark.sql.caseSensitive", true);
    reading.conf().set("spark.sql.files.ignoreCorruptFiles", false);
    reading.conf().set("spark.sql.files.ignoreMissingFiles", false);
    return reading.read().schema(schema(columns)).parquet(files.toArray(new String[0]));
  }

  /** The column at a path. */
  public static Column column(List<String> path) {
    return col(
        path.stream()
            .map(field -> "`" + field.replace("`", "``") + "`")
            .collect(Collectors.joining(".")));
  }

  /**
   * The file of a row.
   *
   * @param place as Spark writes it in {@code _metadata.file_path}: percent-encoded
   */
  public static String file(String place) {
    return new Path(URI.create(place)).toString();
  }

  /** How Spark writes a file in {@code _metadata.file_path}. */
  public static String place(String file) {
    return new Path(file).toUri().toString();
  }

  private static StructType schema(Map<List<String>, DataType> columns) {
    Map<String, Map<List<String>, DataType>> inner = new LinkedHashMap<>();
    columns.forEach(
        (path, type) ->
            inner
                .computeIfAbsent(path.get(0), field -> new LinkedHashMap<>())
                .put(path.subList(1, path.size()), type));
    StructType schema = new StructType();
    for (Map.Entry<String, Map<List<String>, DataType>> field : inner.entrySet()) {
      DataType whole = field.getValue().get(List.<String>of());
      schema = schema.add(field.getKey(), whole == null ? schema(field.getValue()) : whole);
    }
    return schema;
  }
}
