package org.sparkmto.preprocessing.own;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;

/**
 * The files of a Parquet table: one, those of a directory, or those of a tree of directories {@code
 * key=value}, whose keys are columns, as Hive, Spark, DuckDB, polars and pyarrow write them.
 *
 * @param partitions by file, what the names of its directories say; equal keys for all files
 */
record ParquetFiles(Map<String, Map<String, String>> partitions) {
  /** What a directory's name holds for a value that is not there. */
  private static final String NULL = "__HIVE_DEFAULT_PARTITION__";

  private static final int DEEPEST = 16;

  /**
   * Lists files, in order.
   *
   * @throws PreprocessingException if there are none, one is no Parquet, or directories differ
   */
  static ParquetFiles of(Path table, RawFiles files) throws IOException {
    Map<String, Map<String, String>> found = new LinkedHashMap<>();
    if (files.isDirectory(table)) {
      collect(table, new LinkedHashMap<>(), files, found);
    } else {
      found.put(table.toString(), Map.of());
    }
    if (found.isEmpty()) {
      throw PreprocessingException.failed(table + " holds no Parquet files");
    }
    Map.Entry<String, Map<String, String>> first = found.entrySet().iterator().next();
    for (Map.Entry<String, Map<String, String>> file : found.entrySet()) {
      String name = file.getKey();
      refuseUnreadable(name);
      if (!ParquetTable.isParquet(new Path(name), files)) {
        throw PreprocessingException.failed(name + " is no Parquet file");
      }
      if (!file.getValue().keySet().equals(first.getValue().keySet())) {
        throw PreprocessingException.failed(
            name
                + " lies in directories of the keys "
                + file.getValue().keySet()
                + ", "
                + first.getKey()
                + " in those of "
                + first.getValue().keySet()
                + "; all files of a table must agree");
      }
    }
    return new ParquetFiles(found);
  }

  /** Neither Hadoop nor Spark opens a table of such a name. */
  private static void refuseUnreadable(String file) {
    if (file.chars().anyMatch(c -> "*?[]{}\\".indexOf(c) >= 0)) {
      throw PreprocessingException.wrongUsage(
          file + " has one of *?[]{}\\ in its name, which Spark takes for patterns; rename it");
    }
    if (new Path(file).toUri().getPath().indexOf(':') >= 0) {
      throw PreprocessingException.wrongUsage(
          file + " has a colon in its name, with which Spark opens no table; rename it");
    }
  }

  List<String> names() {
    return List.copyOf(partitions.keySet());
  }

  /** The columns that stand in the names of directories. */
  List<String> keys() {
    return List.copyOf(partitions.values().iterator().next().keySet());
  }

  private static void collect(
      Path directory,
      Map<String, String> above,
      RawFiles files,
      Map<String, Map<String, String>> found)
      throws IOException {
    for (String name : files.names(directory)) {
      if (!name.startsWith("_")) {
        found.put(child(directory, name).toString(), above);
      }
    }
    for (String name : files.directories(directory)) {
      int equals = name.indexOf('=');
      if (name.startsWith("_") && equals < 0) {
        continue; // _temporary and the like
      }
      if (equals < 1) {
        throw PreprocessingException.failed(
            directory
                + " holds the directory "
                + name
                + ": of directories of directories, those named key=value are read; write the table"
                + " into one directory, or into such");
      }
      Map<String, String> here = new LinkedHashMap<>(above);
      String value = name.substring(equals + 1);
      String key = decoded(name.substring(0, equals));
      if (here.put(key, value.equals(NULL) ? null : decoded(value)) != null
          || above.containsKey(key)
          || here.size() > DEEPEST) {
        throw PreprocessingException.failed(
            child(directory, name) + " repeats the key " + key + " or lies too deep");
      }
      collect(child(directory, name), here, files, found);
    }
  }

  /** Not taken apart: the name may hold a colon. */
  private static Path child(Path directory, String name) {
    return new Path(directory, new Path(null, null, name));
  }

  /** A name in which other characters than letters may stand as %20. */
  private static String decoded(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] plain = new byte[bytes.length];
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      int high = bytes[i] == '%' && i + 2 < bytes.length ? digit(bytes[i + 1]) : -1;
      int low = high < 0 ? -1 : digit(bytes[i + 2]);
      if (low >= 0) {
        plain[length++] = (byte) (16 * high + low);
        i += 2;
      } else {
        plain[length++] = bytes[i];
      }
    }
    return new String(plain, 0, length, StandardCharsets.UTF_8);
  }

  private static int digit(byte character) {
    return character < 0 ? -1 : Character.digit(character, 16);
  }
}
