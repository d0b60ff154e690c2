package org.sparkmto.preprocessing.own;

import java.math.BigDecimal;
import java.util.List;

/**
 * One field of a table.
 *
 * @param column whose it is, for messages
 * @param value null, a text, number, yes or no, or a list of such; an empty text means nothing
 */
record Cell(String column, Object value) {
  /** Below it, whole numbers have all their digits in a double. */
  private static final double EXACT = 1e15;

  /** What stands there, without blanks around it; empty if nothing does, or not-a-number. */
  String text() {
    return written(value);
  }

  boolean isList() {
    return value instanceof List<?>;
  }

  /** The entries of a list. */
  List<Cell> elements() {
    return ((List<?>) value).stream().map(element -> new Cell(column, element)).toList();
  }

  /** The field for messages: not longer than a line. */
  String shown() {
    String text =
        isList() ? ((List<?>) value).stream().map(Cell::written).toList().toString() : text();
    return "column '" + column + "' is '" + shortened(text) + "'";
  }

  static String shortened(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= 80 ? line : line.substring(0, 77) + "...";
  }

  private static String written(Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      boolean whole = number == Math.rint(number) && Math.abs(number) < EXACT;
      return Double.isNaN(number) ? "" : whole ? Long.toString((long) number) : value.toString();
    }
    if (value instanceof BigDecimal decimal) {
      return Numbers.plain(decimal.toPlainString());
    }
    return value.toString().strip();
  }
}
