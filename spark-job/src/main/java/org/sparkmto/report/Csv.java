package org.sparkmto.report;

/** Cells of a table of comma-separated values, after RFC 4180. */
public final class Csv {
  private Csv() {}

  /** A text, in quotes where a comma, a quote or the end of a line is in it. */
  public static String quoted(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** Every digit, as a program reads it back; empty of what is not finite. */
  public static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "";
  }
}
