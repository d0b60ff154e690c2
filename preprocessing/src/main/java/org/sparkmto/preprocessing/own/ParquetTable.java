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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
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
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.naming.Counted;
import org.sparkmto.naming.Nearest;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.own.ParquetColumns.Found;
import org.sparkmto.preprocessing.parquet.ParquetGroups;
import org.sparkmto.preprocessing.parquet.ParquetRows;
import org.sparkmto.storage.Causes;

/**
 * A Parquet file, or {@linkplain ParquetFiles a directory} of such files with equal columns.
 * Columns of nested structures are named with dots: {@code image.bytes}; a structure with {@code
 * bytes} is enough where an encoded file is wanted.
 */
final class ParquetTable {
  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
  private static final Pattern FILE = Pattern.compile("reading file (\\S+?)\\.\\s");

  /** Share of an executor's memory that the cells of a row group may take. */
  private static final int MEMORY_SHARE = 4;

  /** Compressions for which Spark brings no codec. */
  private static final Set<CompressionCodecName> NOT_READ =
      Set.of(CompressionCodecName.BROTLI, CompressionCodecName.LZO);

  private final Path path;
  private final ParquetFiles files;
  private final SparkSession spark;
  private final ParquetColumns schema;
  private final Map<String, Found> columns = new LinkedHashMap<>();

  /**
   * What the end of a file says.
   *
   * @param trouble why the file cannot be used, or empty
   */
  private record Footer(String file, long rows, Map<List<String>, String> types, String trouble)
      implements Serializable {}

  private ParquetTable(Path path, ParquetFiles files, SparkSession spark, MessageType schema) {
    this.path = path;
    this.files = files;
    this.spark = spark;
    this.schema = new ParquetColumns(schema);
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
    ParquetFiles found = ParquetFiles.of(path, files);
    SparkSession spark = SparkSession.active();
    Path first = new Path(found.names().get(0));
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (ParquetFileReader reader = ParquetGroups.open(first, hadoop)) {
      return new ParquetTable(path, found, spark, reader.getFileMetaData().getSchema());
    } catch (RuntimeException e) {
      throw PreprocessingException.failed(first + " cannot be read as Parquet: " + firstLine(e), e);
    }
  }

  List<String> files() {
    return files.names();
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
    if (files.keys().contains(column)) {
      return false; // a text of a directory's name
    }
    Found found =
        schema
            .find(column, bytes)
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
    if (found.type() == null) {
      throw PreprocessingException.wrongUsage(
          user + " names column '" + column + "' of type " + found.trouble());
    }
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
    Map<List<String>, DataType> types = new LinkedHashMap<>();
    List<Column> selected = new ArrayList<>();
    selected.add(col("_metadata.file_path"));
    selected.add(col("_metadata.row_index"));
    List<String> order = new ArrayList<>();
    for (String column : layout.columns()) {
      Found found = columns.get(column);
      order.add(found == null ? column : "");
      if (found != null) {
        types.put(found.path(), found.type());
        selected.add(ParquetRows.column(found.path()));
      }
    }
    Map<String, Map<String, String>> partitions = files.partitions();
    List<Listed> listed =
        told(
            () ->
                ParquetRows.of(spark, files(), types)
                    .select(selected.toArray(new Column[0]))
                    .javaRDD()
                    .map(row -> listed(row, order, partitions, layout))
                    .collect());
    if (listed.size() != rows) {
      throw PreprocessingException.failed(
          path + " announces " + Counted.of(rows, "row") + " and holds " + listed.size());
    }
    return new ArrayList<>(listed);
  }

  /**
   * @param order by column, its key in the names of directories, or empty for one of the file
   */
  private static Listed listed(
      Row row, List<String> order, Map<String, Map<String, String>> partitions, RowLayout layout) {
    String file = ParquetRows.file(row.getString(0));
    List<Object> values = new ArrayList<>(order.size());
    int next = 2;
    for (String key : order) {
      if (key.isEmpty()) {
        Object value = row.get(next);
        values.add(value instanceof scala.collection.Seq<?> ? row.getList(next) : value);
        next++;
      } else {
        values.add(partitions.get(file).get(key));
      }
    }
    long index = row.getLong(1);
    String name = file.substring(file.lastIndexOf('/') + 1);
    return layout.listed(values, name + "#" + index, "row " + index + " of " + name, file, index);
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
                    .parallelize(files(), Math.min(files().size(), 1_000))
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
    try (ParquetFileReader reader = ParquetGroups.open(new Path(file), hadoop)) {
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
        types.put(path, type.toString().replace("required ", "optional "));
      }
      return new Footer(file, reader.getRecordCount(), types, unreadable(reader, paths));
    } catch (RuntimeException e) {
      return new Footer(file, 0, types, "cannot be read as Parquet: " + e.getMessage());
    }
  }

  /** Why the data cannot be read; reading a row group takes the memory of all its cells. */
  private static String unreadable(ParquetFileReader reader, List<List<String>> paths) {
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
        if (wanted && NOT_READ.contains(chunk.getCodec())) {
          return "has the column "
              + chunk.getPath().toDotString()
              + " compressed by "
              + chunk.getCodec()
              + ", which Spark cannot read without another library; write it with zstd, snappy,"
              + " gzip or lz4_raw";
        }
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

  private List<String> names() {
    List<String> names = new ArrayList<>(schema.names());
    names.addAll(files.keys());
    return names;
  }

  /** Whether a type is one of numbers or texts. */
  static boolean isPlain(DataType type) {
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
          fileOf(e).orElse(path.toString()) + " cannot be read as Parquet: " + firstLine(e), e);
    }
  }

  /** The file at which Spark failed, if it says so. */
  private static Optional<String> fileOf(Throwable trouble) {
    for (Throwable cause = trouble; cause != null; cause = cause.getCause()) {
      Matcher file = FILE.matcher(cause.getMessage() + " ");
      if (file.find()) {
        return Optional.of(ParquetRows.file(file.group(1)));
      }
    }
    return Optional.empty();
  }

  private static String firstLine(Throwable trouble) {
    String message = String.valueOf(Causes.innermost(trouble).getMessage());
    return Cell.shortened(message.lines().findFirst().orElse(""));
  }
}
