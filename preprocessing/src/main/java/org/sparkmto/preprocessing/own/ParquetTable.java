package org.sparkmto.preprocessing.own;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.naming.Nearest;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.storage.Causes;

/**
 * A Parquet file, or a directory of such files with equal columns. Columns of nested structures are
 * named with dots: {@code image.bytes}.
 */
final class ParquetTable {
  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};

  /** Share of an executor's memory that the cells of a row group may take. */
  private static final int MEMORY_SHARE = 4;

  private final Path path;
  private final List<String> files;
  private final SparkSession spark;
  private final StructType schema;
  private final Map<String, Found> columns = new LinkedHashMap<>();

  /** Where a column was found. */
  private record Found(List<String> path, DataType type) {}

  /**
   * What the end of a file says.
   *
   * @param trouble why the file cannot be used, or empty
   */
  private record Footer(String file, long rows, Map<List<String>, String> types, String trouble)
      implements Serializable {}

  private ParquetTable(Path path, List<String> files) {
    this.path = path;
    this.files = files;
    this.spark = SparkSession.active().newSession();
    spark.conf().set("spark.sql.caseSensitive", true);
    spark.conf().set("spark.sql.files.ignoreCorruptFiles", false);
    spark.conf().set("spark.sql.files.ignoreMissingFiles", false);
    this.schema = told(() -> read(files.get(0)).schema());
  }

  /** Whether a file starts as Parquet does. */
  static boolean isParquet(Path file, RawFiles files) throws IOException {
    try (InputStream in = files.open(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    }
  }

  /**
   * Opens a table.
   *
   * @param path a file or directory
   * @throws PreprocessingException if it is no Parquet
   */
  static ParquetTable open(Path path, RawFiles files) throws IOException {
    List<String> names = new ArrayList<>();
    if (files.isDirectory(path)) {
      for (String directory : files.directories(path)) {
        if (!directory.startsWith("_")) {
          throw PreprocessingException.failed(
              path
                  + " holds the directory "
                  + directory
                  + ": tables in directories of directories are not read; write the table into"
                  + " one directory");
        }
      }
      for (String name : files.names(path)) {
        if (!name.startsWith("_")) {
          names.add(new Path(path, name).toString());
        }
      }
    } else {
      names.add(path.toString());
    }
    if (names.isEmpty()) {
      throw PreprocessingException.failed(path + " holds no Parquet files");
    }
    for (String name : names) {
      if (name.chars().anyMatch(c -> "*?[]{}\\".indexOf(c) >= 0)) {
        throw PreprocessingException.wrongUsage(
            name + " has one of *?[]{}\\ in its name, which Spark takes for patterns; rename it");
      }
      if (!isParquet(new Path(name), files)) {
        throw PreprocessingException.failed(name + " is no Parquet file");
      }
    }
    return new ParquetTable(path, names);
  }

  List<String> files() {
    return files;
  }

  /**
   * Wants a column.
   *
   * @param user which key names it, for messages
   * @param lists whether it may hold lists
   * @param bytes whether it may hold encoded files
   * @return whether it holds encoded files
   * @throws PreprocessingException if it is not there or of another type
   */
  boolean require(String column, String user, boolean lists, boolean bytes) {
    Found found =
        found(column)
            .orElseThrow(
                () ->
                    PreprocessingException.wrongUsage(
                        user
                            + " names column '"
                            + column
                            + "', which is not in "
                            + path
                            + Nearest.hint(column, names())
                            + " It has "
                            + names()));
    DataType type = found.type();
    boolean embedded = bytes && type instanceof BinaryType;
    boolean list = lists && type instanceof ArrayType array && isPlain(array.elementType());
    boolean plain = bytes ? type instanceof StringType : isPlain(type);
    if (!embedded && !list && !plain) {
      String possible = bytes ? "paths (string) or encoded files (binary)" : "numbers or texts";
      throw PreprocessingException.wrongUsage(
          user
              + " names column '"
              + column
              + "' of type "
              + type.simpleString()
              + ", not of "
              + possible
              + (lists ? ", or lists of them" : ""));
    }
    columns.put(column, found);
    return embedded;
  }

  /** The fields that lead to a column. */
  List<String> path(String column) {
    return columns.get(column).path();
  }

  /** Every row, in the order of the files; encoded files are not read. */
  List<Listed> listed(RowLayout layout) {
    long rows = checkedRows();
    MostRows.check(rows, layout.labelBytes(), path.toString());
    List<Column> selected = new ArrayList<>();
    selected.add(col("_metadata.file_path"));
    selected.add(col("_metadata.row_index"));
    for (String column : layout.columns()) {
      selected.add(
          col(
              path(column).stream()
                  .map(field -> "`" + field.replace("`", "``") + "`")
                  .collect(Collectors.joining("."))));
    }
    int width = layout.columns().size();
    List<Listed> listed =
        told(
            () ->
                read(files.toArray(new String[0]))
                    .select(selected.toArray(new Column[0]))
                    .javaRDD()
                    .map(row -> listed(row, width, layout))
                    .collect());
    if (listed.size() != rows) {
      throw PreprocessingException.failed(
          path + " announces " + rows + " rows and holds " + listed.size());
    }
    return new ArrayList<>(listed);
  }

  private static Listed listed(Row row, int width, RowLayout layout) {
    List<Object> values = new ArrayList<>(width);
    for (int i = 0; i < width; i++) {
      Object value = row.get(2 + i);
      values.add(value instanceof scala.collection.Seq<?> ? row.getList(2 + i) : value);
    }
    String file = row.getString(0);
    long index = row.getLong(1);
    String name = file.substring(file.lastIndexOf('/') + 1);
    return layout.listed(values, name + "#" + index, "row " + index + " of " + name, file, index);
  }

  private org.apache.spark.sql.Dataset<Row> read(String... names) {
    return spark.read().parquet(names);
  }

  /** Looks at the end of every file and counts the rows. */
  private long checkedRows() {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    List<List<String>> paths =
        new ArrayList<>(columns.values().stream().map(Found::path).distinct().toList());
    List<Footer> footers =
        told(
            () ->
                context
                    .parallelize(files, Math.min(files.size(), 1_000))
                    .map(file -> footer(file, paths, configuration.value().value()))
                    .collect());
    configuration.destroy();
    long rows = 0;
    for (Footer footer : footers) {
      if (!footer.trouble().isEmpty()) {
        throw PreprocessingException.failed(footer.file() + " " + footer.trouble());
      }
      if (!footer.types().equals(footers.get(0).types())) {
        throw PreprocessingException.failed(
            footer.file()
                + " has columns "
                + footer.types()
                + ", "
                + footers.get(0).file()
                + " has "
                + footers.get(0).types()
                + "; all files of a table must agree");
      }
      rows += footer.rows();
    }
    return rows;
  }

  private static Footer footer(String file, List<List<String>> paths, Configuration hadoop)
      throws IOException {
    Map<List<String>, String> types = new LinkedHashMap<>();
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(new Path(file), hadoop))) {
      MessageType schema = reader.getFileMetaData().getSchema();
      for (List<String> path : paths) {
        Type type = schema;
        for (String field : path) {
          boolean there = !type.isPrimitive() && type.asGroupType().containsField(field);
          if (!there) {
            return new Footer(file, 0, types, "has no column " + String.join(".", path));
          }
          type = type.asGroupType().getType(field);
        }
        types.put(path, type.toString());
      }
      return new Footer(file, reader.getRecordCount(), types, tooLarge(reader, paths));
    } catch (RuntimeException e) {
      return new Footer(file, 0, types, "cannot be read as Parquet: " + e.getMessage());
    }
  }

  /** Reading a row group takes the memory of all its cells. */
  private static String tooLarge(ParquetFileReader reader, List<List<String>> paths) {
    long most = Runtime.getRuntime().maxMemory() / MEMORY_SHARE;
    for (int i = 0; i < reader.getRowGroups().size(); i++) {
      BlockMetaData group = reader.getRowGroups().get(i);
      long bytes = 0;
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        List<String> chunkPath = List.of(chunk.getPath().toArray());
        boolean wanted =
            paths.stream()
                .anyMatch(
                    path ->
                        chunkPath.size() >= path.size()
                            && chunkPath.subList(0, path.size()).equals(path));
        bytes += wanted ? Math.max(chunk.getTotalUncompressedSize(), chunk.getTotalSize()) : 0;
      }
      if (bytes > most) {
        return "has row group "
            + i
            + " with "
            + (bytes >> 20)
            + " MiB in the columns that are needed, more than a quarter of an executor's memory of "
            + ((most * MEMORY_SHARE) >> 20)
            + " MiB; write the table with smaller row groups, or raise spark.executor.memory";
      }
    }
    return "";
  }

  private Optional<Found> found(String column) {
    if (Set.of(schema.fieldNames()).contains(column)) {
      return Optional.of(new Found(List.of(column), schema.apply(column).dataType()));
    }
    DataType type = schema;
    List<String> fields = List.of(column.split("\\.", -1));
    for (String field : fields) {
      if (!(type instanceof StructType struct) || !List.of(struct.fieldNames()).contains(field)) {
        return Optional.empty();
      }
      type = struct.apply(field).dataType();
    }
    return Optional.of(new Found(fields, type));
  }

  /** Names of columns, with those one level down. */
  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (StructField field : schema.fields()) {
      if (field.dataType() instanceof StructType inner) {
        for (String name : inner.fieldNames()) {
          names.add(field.name() + "." + name);
        }
      } else {
        names.add(field.name());
      }
    }
    return names;
  }

  private static boolean isPlain(DataType type) {
    return type instanceof StringType || type instanceof NumericType || type instanceof BooleanType;
  }

  /** What Spark answers; its exceptions in one line. */
  private <T> T told(java.util.function.Supplier<T> question) {
    try {
      return question.get();
    } catch (PreprocessingException e) {
      throw e;
    } catch (RuntimeException e) {
      throw PreprocessingException.failed(
          path + " cannot be read as Parquet: " + firstLine(Causes.innermost(e)), e);
    }
  }

  private static String firstLine(Throwable trouble) {
    String message = String.valueOf(trouble.getMessage());
    return Cell.shortened(message.lines().findFirst().orElse(""));
  }
}
