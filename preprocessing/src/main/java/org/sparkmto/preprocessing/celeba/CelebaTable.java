package org.sparkmto.preprocessing.celeba;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.TableLines;

/**
 * A table of CelebA: rows of an image name and values. The original tables are text with runs of
 * blanks between the fields, those of Kaggle are CSV with a header that starts with {@code
 * image_id}; the first line tells which, not the name of the file.
 *
 * <p>Values become bytes as they are read, so that 202,599 rows of 40 values take 40 MB.
 */
final class CelebaTable {
  private static final int MAX_HEADER = 4_096;
  private static final String CSV = "image_id";
  private static final int MAX_SHOWN = 40;
  private static final byte MISSING = (byte) 255;
  private static final byte[][] SPLITS = {{0}, {1}, {2}};

  private final Path path;
  private List<String> header = List.of();
  private long announced;
  private int read;
  private final Map<String, byte[]> rows = new HashMap<>();
  private final Map<String, String> troubles = new HashMap<>();
  private final Set<String> twice = new HashSet<>();

  private CelebaTable(Path path) {
    this.path = path;
  }

  /** Reads {@code list_attr_celeba}: a count, the names, and the rows; or CSV. */
  static CelebaTable attributes(Path path, RawFiles files) throws IOException {
    CelebaTable table = new CelebaTable(path);
    try (TableLines lines = new TableLines(path, files)) {
      String line = orEmpty(lines.next());
      boolean csv = isCsv(line);
      if (csv) {
        List<String> fields = fields(line, true);
        table.header = List.copyOf(fields.subList(1, fields.size()));
      } else {
        if (!line.matches("\\d{1,12}")) {
          throw PreprocessingException.failed(
              path
                  + " starts with '"
                  + shown(line)
                  + "', not with the number of its rows or, as CSV, with '"
                  + CSV
                  + ",'");
        }
        table.announced = Long.parseLong(line);
        String names = orEmpty(lines.next());
        table.header = names.isEmpty() ? List.of() : List.copyOf(fields(names, false));
      }
      table.checkHeader();
      table.read(lines, csv, table::labels);
    }
    return table;
  }

  /** Reads {@code list_eval_partition}: rows only; or CSV. */
  static CelebaTable partition(Path path, RawFiles files) throws IOException {
    CelebaTable table = new CelebaTable(path);
    try (TableLines lines = new TableLines(path, files)) {
      String line = lines.next();
      boolean csv = line != null && isCsv(line);
      if (!csv && line != null) {
        table.add(fields(line, false), table::split);
      }
      table.read(lines, csv, table::split);
    }
    return table;
  }

  /** The file. */
  Path path() {
    return path;
  }

  /** Names of the values; empty if the file has none. */
  List<String> header() {
    return header;
  }

  /** Rows that the first line announces and that are not there, or 0. */
  long absent() {
    return Math.max(0, announced - read);
  }

  /** All names in the first field of a row. */
  Set<String> names() {
    Set<String> names = new TreeSet<>(rows.keySet());
    names.addAll(troubles.keySet());
    return names;
  }

  /** Whether more than one row has this name. */
  boolean hasTwice(String name) {
    return twice.contains(name);
  }

  /**
   * The values of a row: labels, or the number of the split. Null if there is no row of this name
   * that can be understood.
   */
  byte[] values(String name) {
    return rows.get(name);
  }

  /** What cannot be understood in the row of this name; null if there is no such row. */
  String trouble(String name) {
    return troubles.get(name);
  }

  /** How the values of a row are understood. */
  private interface Values {
    /** The values, or null where the row cannot be understood. */
    byte[] of(List<String> fields);
  }

  private void read(TableLines lines, boolean csv, Values values) throws IOException {
    String line;
    while ((line = lines.next()) != null) {
      add(fields(line, csv), values);
    }
  }

  private void add(List<String> fields, Values values) {
    String name = fields.get(0);
    byte[] understood = values.of(fields.subList(1, fields.size()));
    boolean known;
    if (understood == null) {
      known = troubles.put(name, trouble(fields.subList(1, fields.size()))) != null;
    } else {
      known = rows.put(name, understood) != null;
    }
    if (known || (rows.containsKey(name) && troubles.containsKey(name))) {
      twice.add(name);
    }
    read++;
  }

  private byte[] labels(List<String> values) {
    if (values.size() != header.size()) {
      return null;
    }
    byte[] labels = new byte[values.size()];
    for (int i = 0; i < labels.length; i++) {
      int label = label(values.get(i));
      if (label < 0) {
        return null;
      }
      labels[i] = (byte) label;
    }
    return labels;
  }

  private static int label(String value) {
    return switch (value) {
      case "1" -> 1;
      case "-1" -> 0;
      case "", "?", "nan", "NaN" -> MISSING & 0xff;
      default -> -1;
    };
  }

  private byte[] split(List<String> values) {
    return values.size() == 1 && values.get(0).matches("[012]")
        ? SPLITS[values.get(0).charAt(0) - '0']
        : null;
  }

  /** In words, why a row was not understood. */
  private String trouble(List<String> values) {
    if (header.isEmpty()) {
      return "the partition is '" + shown(String.join(" ", values)) + "', not 0, 1 or 2";
    }
    if (values.size() != header.size()) {
      return values.size() + " values for " + header.size() + " attributes";
    }
    for (int i = 0; i < values.size(); i++) {
      if (label(values.get(i)) < 0) {
        return header.get(i) + " is '" + shown(values.get(i)) + "', neither -1 nor 1";
      }
    }
    throw new IllegalStateException("nothing is wrong with " + values);
  }

  private void checkHeader() {
    boolean named = !header.isEmpty() && header.stream().noneMatch(String::isBlank);
    if (!named || header.size() > MAX_HEADER || new HashSet<>(header).size() != header.size()) {
      throw PreprocessingException.failed(
          path
              + " has no names of attributes, more than "
              + MAX_HEADER
              + ", or one of them twice: "
              + shown(String.join(" ", header)));
    }
  }

  private static boolean isCsv(String line) {
    return line.startsWith(CSV + ",") || line.startsWith('"' + CSV + "\",");
  }

  private static String orEmpty(String line) {
    return line == null ? "" : line;
  }

  private static List<String> fields(String line, boolean csv) {
    return csv
        ? Arrays.stream(line.split(",", -1)).map(String::strip).map(CelebaTable::unquoted).toList()
        : Arrays.asList(line.split("\\s+", -1));
  }

  /** Programs that write all fields in quotes mean the same names. */
  private static String unquoted(String field) {
    boolean quoted = field.length() > 1 && field.startsWith("\"") && field.endsWith("\"");
    return quoted ? field.substring(1, field.length() - 1) : field;
  }

  private static String shown(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > MAX_SHOWN ? plain.substring(0, MAX_SHOWN) + "..." : plain;
  }
}
