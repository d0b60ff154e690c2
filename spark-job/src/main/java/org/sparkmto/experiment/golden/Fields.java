package org.sparkmto.experiment.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.sparkmto.naming.Counted;

/**
 * The fields of one object of a golden file. It remembers which of them were read, so that a field
 * that no check looks at can be reported. Strings {@code NaN}, {@code Infinity} and {@code
 * -Infinity} are numbers. Every accessor throws {@link MalformedEntryException} for a field that is
 * missing or of another kind.
 */
final class Fields {
  /** Fields that describe how the reference came about and claim nothing about its answer. */
  private static final Set<String> DESCRIPTIVE =
      Set.of(
          "provenance",
          "note",
          "reason",
          "gram_only",
          "max_rel_diff_own",
          "max_abs_diff_own",
          "max_abs_diff_to_libmtl_alpha",
          "kkt_rel_gap",
          "cond_DU",
          "libmtl_error",
          "libmtl_reported_batch_weight_WRONG");

  private final JsonNode node;
  private final Set<String> read = new TreeSet<>();
  private final Map<String, Fields> inside = new LinkedHashMap<>();

  private Fields(JsonNode node) {
    this.node = node;
  }

  static Fields of(JsonNode node) {
    if (node == null || !node.isObject()) {
      throw new MalformedEntryException("it is no object with fields");
    }
    return new Fields(node);
  }

  /** Names of all fields, in the file's order. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    Iterator<String> all = node.fieldNames();
    all.forEachRemaining(names::add);
    return names;
  }

  /** The fields, here and in the objects inside, that nobody read and that are no description. */
  List<String> unread() {
    List<String> unread = names();
    unread.removeIf(name -> read.contains(name) || DESCRIPTIVE.contains(name));
    inside.forEach(
        (place, fields) -> fields.unread().forEach(name -> unread.add(place + "." + name)));
    return unread;
  }

  /** Whether the field is there and is not null; counts as read when it is null. */
  boolean has(String name) {
    if (node.path(name).isNull()) {
      read.add(name);
    }
    return node.hasNonNull(name);
  }

  /** Whether the field is there and is null. */
  boolean isNull(String name) {
    boolean isNull = node.path(name).isNull();
    if (isNull) {
      read.add(name);
    }
    return isNull;
  }

  JsonNode raw(String name) {
    read.add(name);
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      throw new MalformedEntryException(
          "the field '" + name + "' is " + (value == null ? "missing" : "null"));
    }
    return value;
  }

  double number(String name) {
    return number(name, raw(name));
  }

  double number(String name, double fallback) {
    return has(name) ? number(name) : fallback;
  }

  int count(String name, int least) {
    double value = number(name);
    if (value != Math.rint(value) || value < least || value > Integer.MAX_VALUE) {
      throw new MalformedEntryException(
          "the field '" + name + "' is " + value + ", not a whole number of at least " + least);
    }
    return (int) value;
  }

  String text(String name) {
    JsonNode value = raw(name);
    if (!value.isTextual()) {
      throw wrong(name, "a text");
    }
    return value.asText();
  }

  boolean flag(String name) {
    JsonNode value = raw(name);
    if (!value.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return value.asBoolean();
  }

  boolean[] flags(String name) {
    JsonNode array = raw(name);
    boolean[] flags = new boolean[array.size()];
    for (int i = 0; i < flags.length; i++) {
      if (!array.get(i).isBoolean()) {
        throw wrong(name, "a list of true and false");
      }
      flags[i] = array.get(i).asBoolean();
    }
    return flags;
  }

  double[] vector(String name) {
    return vector(name, raw(name));
  }

  double[] vector(String name, int size) {
    double[] values = vector(name);
    requireSize(name, values.length, size);
    return values;
  }

  /** Whole numbers. */
  int[] counts(String name) {
    return wholes(name, vector(name));
  }

  static int[] wholes(String name, double[] values) {
    int[] wholes = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      if (values[i] != Math.rint(values[i]) || Math.abs(values[i]) > Integer.MAX_VALUE) {
        throw wrong(name, "a list of whole numbers");
      }
      wholes[i] = (int) values[i];
    }
    return wholes;
  }

  /** A list of lists of numbers. */
  double[][] rows(String name) {
    return rows(name, raw(name));
  }

  /** A list of lists, all of one length, which must be at least 1. */
  double[][] matrix(String name) {
    double[][] rows = rows(name);
    return rectangular(name, rows);
  }

  double[][] matrix(String name, int rows, int columns) {
    double[][] matrix = matrix(name);
    requireSize(name, matrix.length, rows);
    requireSize(name, matrix[0].length, columns);
    return matrix;
  }

  /** A list of matrices of the same shape. */
  List<double[][]> matrices(String name) {
    JsonNode array = raw(name);
    List<double[][]> matrices = new ArrayList<>();
    for (JsonNode element : array) {
      matrices.add(rectangular(name, rows(name, element)));
      requireSize(name, matrices.get(matrices.size() - 1).length, matrices.get(0).length);
      requireSize(name, matrices.get(matrices.size() - 1)[0].length, matrices.get(0)[0].length);
    }
    if (matrices.isEmpty()) {
      throw wrong(name, "a list of matrices");
    }
    return matrices;
  }

  /** An object inside. */
  Fields child(String name) {
    JsonNode value = raw(name);
    if (!value.isObject()) {
      throw wrong(name, "an object with fields");
    }
    return inside.computeIfAbsent(name, key -> new Fields(value));
  }

  /** A list of objects, at least one. */
  List<Fields> children(String name) {
    JsonNode array = raw(name);
    List<Fields> children = new ArrayList<>();
    for (JsonNode element : array) {
      if (!element.isObject()) {
        throw wrong(name, "a list of objects");
      }
      String place = name + "[" + children.size() + "]";
      children.add(inside.computeIfAbsent(place, key -> new Fields(element)));
    }
    if (!array.isArray() || children.isEmpty()) {
      throw wrong(name, "a list of objects, at least one");
    }
    return children;
  }

  static void requireSize(String name, int size, int expected) {
    if (size != expected) {
      throw new MalformedEntryException(
          "the field '"
              + name
              + "' holds "
              + Counted.of(size, "value")
              + " where "
              + expected
              + " belong");
    }
  }

  private static double[][] rectangular(String name, double[][] rows) {
    if (rows.length == 0 || rows[0].length == 0) {
      throw wrong(name, "a list of lists of numbers");
    }
    for (double[] row : rows) {
      requireSize(name, row.length, rows[0].length);
    }
    return rows;
  }

  private static double[][] rows(String name, JsonNode array) {
    if (!array.isArray()) {
      throw wrong(name, "a list of lists of numbers");
    }
    double[][] rows = new double[array.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = vector(name, array.get(i));
    }
    return rows;
  }

  private static double[] vector(String name, JsonNode array) {
    if (!array.isArray()) {
      throw wrong(name, "a list of numbers");
    }
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(name, array.get(i));
    }
    return values;
  }

  private static double number(String name, JsonNode value) {
    if (value.isNumber()) {
      return value.asDouble();
    }
    return switch (value.isTextual() ? value.asText() : "") {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw wrong(name, "a number");
    };
  }

  private static MalformedEntryException wrong(String name, String expected) {
    return new MalformedEntryException("the field '" + name + "' is not " + expected);
  }
}
