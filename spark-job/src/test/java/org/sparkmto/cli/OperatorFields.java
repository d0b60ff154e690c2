package org.sparkmto.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the definitions of the Spark operator's resources allow: deploy/spark-operator-fields.txt.
 */
final class OperatorFields {
  private final Map<String, List<String>> fields = new LinkedHashMap<>();

  private OperatorFields(String text) {
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> List.of(line.split(" ", -1)))
        .forEach(words -> fields.put(words.get(0), words.subList(1, words.size())));
  }

  static OperatorFields read() {
    try (InputStream stream =
        OperatorFields.class.getResourceAsStream("/deploy/spark-operator-fields.txt")) {
      return new OperatorFields(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a line for each thing in {@code value} that is not as the field at {@code path} wants. */
  void check(String path, Object value, List<String> faults) {
    List<String> kind = fields.get(path);
    if (kind == null) {
      faults.add(path + " is unknown");
      return;
    }
    String type = kind.get(0);
    boolean fits =
        switch (type) {
          case "object" -> value instanceof Map;
          case "array" -> value instanceof List;
          case "string" -> value instanceof String;
          case "boolean" -> value instanceof Boolean;
          case "integer" -> value instanceof Integer;
          case "int-or-string" -> value instanceof Integer || value instanceof String;
          default -> throw new IllegalStateException(path + ": " + type);
        };
    if (!fits) {
      faults.add("%s is no %s: %s".formatted(path, type, value));
    } else if (kind.size() > 1
        && kind.get(1).contains("|")
        && !List.of(kind.get(1).split("\\|", -1)).contains(value.toString())) {
      faults.add("%s is none of %s: %s".formatted(path, kind.get(1), value));
    } else if (value instanceof Map<?, ?> map) {
      checkFields(path, map, faults);
    } else if (value instanceof List<?> list) {
      list.forEach(element -> check(path + "[]", element, faults));
    }
  }

  private void checkFields(String path, Map<?, ?> map, List<String> faults) {
    // The template of a schedule is an application.
    String within = path.equals("ScheduledSparkApplication.template") ? "SparkApplication" : path;
    boolean anyName = fields.containsKey(within + ".*");
    map.forEach((key, value) -> check(within + "." + (anyName ? "*" : key), value, faults));
    fields.forEach(
        (field, kind) -> {
          int end = field.lastIndexOf('.');
          if (end > 0
              && field.substring(0, end).equals(within)
              && kind.contains("required")
              && !map.containsKey(field.substring(end + 1))) {
            faults.add(field + " is missing");
          }
        });
  }
}
