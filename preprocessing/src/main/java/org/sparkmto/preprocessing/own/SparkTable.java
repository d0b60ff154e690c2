package org.sparkmto.preprocessing.own;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.naming.Nearest;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.embedded.DecodedImage;
import org.sparkmto.preprocessing.parquet.ParquetRows;
import org.sparkmto.storage.Causes;

/**
 * A table that Spark knows by its name, whatever keeps it: Parquet, ORC, Delta, Iceberg, a
 * database. Columns of nested structures are named with dots; a structure with {@code bytes}
 * (Hugging Face), or one of Spark's own images, is enough where an encoded file is wanted.
 */
final class SparkTable {
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_-]*(\\.[\\p{L}_][\\p{L}\\p{N}_-]*){0,4}");

  private static final String BYTES = "bytes";

  private final String name;
  private final Dataset<Row> rows;
  private final Map<String, Found> columns = new LinkedHashMap<>();

  /**
   * A column that was found.
   *
   * @param path of fields
   * @param image whether it is one of Spark's own images, decoded
   */
  record Found(List<String> path, DataType type, boolean image) {}

  private SparkTable(String name, Dataset<Row> rows) {
    this.name = name;
    this.rows = rows;
  }

  /**
   * Opens a table, if Spark knows one of this name and it may be meant.
   *
   * @param certain whether nothing else can be meant
   * @throws PreprocessingException if it is certain, and there is none
   */
  static Optional<SparkTable> open(String name, boolean certain) {
    if (!certain && !NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    SparkSession active = SparkSession.active();
    try {
      return Optional.of(new SparkTable(name, rowByRow(active).table(name)));
    } catch (Exception e) { // Spark's own, which Scala does not declare
      try {
        return Optional.of(new SparkTable(name, active.table(name))); // a view of this session
      } catch (Exception again) {
        if (!certain) {
          return Optional.empty();
        }
        throw PreprocessingException.wrongUsage(
            "table = "
                + name
                + " is no table that Spark knows: "
                + firstLine(again)
                + " Catalogs are configured by spark-submit --conf spark.sql.catalog.NAME=...,"
                + " their jars are added by --jars");
      }
    }
  }

  /** A session in which images are not read by the thousand at a time. */
  private static SparkSession rowByRow(SparkSession active) {
    SparkSession session = active.newSession();
    session.conf().set("spark.sql.parquet.enableVectorizedReader", false);
    session.conf().set("spark.sql.orc.enableVectorizedReader", false);
    session.conf().set("spark.sql.iceberg.vectorization.enabled", false);
    return session;
  }

  /**
   * Wants a column.
   *
   * @return whether it holds encoded files
   * @throws PreprocessingException if it is not there or of another type
   */
  boolean require(TableUser user) {
    Found found =
        find(user.column(), user.file())
            .orElseThrow(
                () ->
                    PreprocessingException.wrongUsage(
                        user.place()
                            + " names column '"
                            + user.column()
                            + "', which is not in table "
                            + name
                            + Nearest.hint(user.column(), List.of(rows.columns()))
                            + " It has "
                            + Cell.shortened(Arrays.toString(rows.columns()))));
    DataType type = found.type();
    boolean embedded = user.file() && (type instanceof BinaryType || found.image());
    boolean list =
        user.lists()
            && type instanceof ArrayType array
            && ParquetTable.isPlain(array.elementType());
    boolean plain = user.file() ? type instanceof StringType : ParquetTable.isPlain(type);
    if (!embedded && !list && !plain) {
      throw PreprocessingException.wrongUsage(
          user.place()
              + " names column '"
              + user.column()
              + "' of type "
              + Cell.shortened(type.simpleString())
              + ", not of "
              + (user.file()
                  ? "paths (string), encoded files (binary) or images"
                  : "numbers or texts")
              + (user.lists() ? ", or lists of them" : ""));
    }
    columns.put(user.column(), found);
    return embedded;
  }

  private Optional<Found> find(String column, boolean file) {
    List<String> path = new ArrayList<>();
    DataType type = rows.schema();
    String rest = column;
    while (!rest.isEmpty()) {
      if (!(type instanceof StructType structure)) {
        return Optional.empty();
      }
      List<String> fields = List.of(structure.fieldNames());
      int dot = rest.indexOf('.');
      String field = fields.contains(rest) || dot < 0 ? rest : rest.substring(0, dot);
      if (!fields.contains(field)) {
        return Optional.empty();
      }
      path.add(field);
      type = structure.apply(field).dataType();
      rest = field.length() == rest.length() ? "" : rest.substring(dot + 1);
    }
    if (file && type instanceof StructType structure) {
      if (DecodedImage.isOne(structure)) {
        return Optional.of(new Found(path, type, true));
      }
      if (List.of(structure.fieldNames()).contains(BYTES)) {
        path.add(BYTES);
        type = structure.apply(BYTES).dataType();
      }
    }
    return Optional.of(new Found(path, type, false));
  }

  /**
   * Every row; encoded files are not read.
   *
   * @param embedded columns of encoded files, by which rows are found again
   * @throws PreprocessingException if there are such columns and no identity
   */
  List<Listed> listed(RowLayout layout, List<String> embedded) {
    if (!embedded.isEmpty() && layout.id().isEmpty()) {
      throw PreprocessingException.wrongUsage(
          "id is not given, and rows of table "
              + name
              + " have no numbers by which they are found again; name a column with a unique name"
              + " for each sample");
    }
    try {
      MostRows.check(rows.count(), layout.labelBytes(), name);
      Column[] selected =
          layout.columns().stream()
              .map(column -> ParquetRows.column(columns.get(column).path()))
              .toArray(Column[]::new);
      String table = name;
      int id = layout.columns().indexOf(layout.id());
      return new ArrayList<>(
          rows.select(selected)
              .javaRDD()
              .zipWithIndex()
              .map(numbered -> listed(numbered._1(), numbered._2(), table, id, layout))
              .collect());
    } catch (PreprocessingException e) {
      throw e;
    } catch (RuntimeException e) {
      throw PreprocessingException.failed("table " + name + " cannot be read: " + firstLine(e), e);
    }
  }

  private static Listed listed(Row row, long number, String table, int id, RowLayout layout) {
    List<Object> values = new ArrayList<>(row.size());
    for (int i = 0; i < row.size(); i++) {
      values.add(row.get(i) instanceof scala.collection.Seq<?> ? row.getList(i) : row.get(i));
    }
    String place = "row " + number + " of table " + table;
    String source =
        id < 0 ? table : SparkImages.source(table, new Cell(layout.id(), values.get(id)).text());
    return layout.listed(values, "row " + number, place, source, 0);
  }

  /** Where the encoded files stand. */
  SparkImages images(RowLayout layout, List<String> embedded) {
    return new SparkImages(
        name, rows, columns.get(layout.id()).path(), embedded.stream().map(columns::get).toList());
  }

  private static String firstLine(Throwable trouble) {
    String message = String.valueOf(Causes.innermost(trouble).getMessage());
    return Cell.shortened(message.lines().findFirst().orElse(""));
  }
}
