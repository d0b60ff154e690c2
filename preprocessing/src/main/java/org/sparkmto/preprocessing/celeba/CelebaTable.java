package org.sparkmto.preprocessing.celeba;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;

/**
 * A table of CelebA: rows of an image name and values. The original tables are text with runs of
 * blanks between the fields, those of Kaggle are CSV with a header that starts with {@code
 * image_id}.
 *
 * @param path the file
 * @param header names of the values; empty if the file has none
 * @param rows values by image name, exactly as they stand
 * @param twice image names of more than one row
 */
record CelebaTable(
    Path path, List<String> header, Map<String, List<String>> rows, Set<String> twice) {

  /** Reads {@code list_attr_celeba}: a count, the names, and the rows; or CSV. */
  static CelebaTable attributes(Path path, RawFiles files) throws IOException {
    try (BufferedReader lines = files.text(path)) {
      List<String> header;
      if (isCsv(path)) {
        header = csvHeader(path, lines);
      } else {
        String count = line(lines);
        if (!count.matches("\\d+")) {
          throw PreprocessingException.failed(
              path + " starts with '" + count + "', not with the number of its rows");
        }
        header = fields(path, line(lines));
      }
      if (header.isEmpty() || new HashSet<>(header).size() != header.size()) {
        throw PreprocessingException.failed(
            path + " has no names of attributes, or one of them twice: " + header);
      }
      return rows(path, header, lines);
    }
  }

  /** Reads {@code list_eval_partition}: rows only; or CSV. */
  static CelebaTable partition(Path path, RawFiles files) throws IOException {
    try (BufferedReader lines = files.text(path)) {
      return rows(path, isCsv(path) ? csvHeader(path, lines) : List.of(), lines);
    }
  }

  private static CelebaTable rows(Path path, List<String> header, BufferedReader lines)
      throws IOException {
    Map<String, List<String>> rows = new HashMap<>();
    Map<String, String> known = new HashMap<>();
    Set<String> twice = new HashSet<>();
    String line;
    while ((line = lines.readLine()) != null) {
      List<String> fields = fields(path, line.strip());
      if (fields.isEmpty()) {
        continue;
      }
      // 200,000 rows of 40 values need 40 strings, not 8 million.
      List<String> values = new ArrayList<>(fields.size() - 1);
      for (String value : fields.subList(1, fields.size())) {
        values.add(
            known.size() < 100
                ? known.computeIfAbsent(value, v -> v)
                : known.getOrDefault(value, value));
      }
      if (rows.put(fields.get(0), values) != null) {
        twice.add(fields.get(0));
      }
    }
    return new CelebaTable(path, header, rows, twice);
  }

  private static List<String> csvHeader(Path path, BufferedReader lines) throws IOException {
    List<String> fields = fields(path, line(lines));
    if (fields.size() < 2 || !fields.get(0).equals("image_id")) {
      throw PreprocessingException.failed(
          path
              + " starts with '"
              + String.join(",", fields)
              + "', not with a header 'image_id,...'");
    }
    return List.copyOf(fields.subList(1, fields.size()));
  }

  private static String line(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    if (line == null) {
      return "";
    }
    return (line.startsWith("\uFEFF") ? line.substring(1) : line).strip();
  }

  private static List<String> fields(Path path, String line) {
    if (line.isEmpty()) {
      return List.of();
    }
    return isCsv(path)
        ? Arrays.stream(line.split(",", -1)).map(String::strip).toList()
        : List.of(line.split("\\s+"));
  }

  private static boolean isCsv(Path path) {
    return path.getName().endsWith(".csv");
  }
}
