package org.sparkmto.metric;

import java.util.Locale;

/**
 * One number that a metric comes to.
 *
 * @param name lower-case words joined by hyphens; unique among the figures of a task
 * @param direction which way the value gets better
 * @param counted whether it counts in {@link RelativePerformance} where nobody chooses otherwise:
 *     true of what papers average over for tasks of this kind, false of what is measured besides
 * @param needs what must be there for it to be defined, for people; completes "it needs ..."
 */
public record Figure(String name, Direction direction, boolean counted, String needs) {
  /** What stands in place of a number that is not defined. */
  public static final String UNDEFINED = "undefined";

  private static final String LABEL = "a label";

  /** A figure that needs a label and nothing else. */
  public Figure(String name, Direction direction, boolean counted) {
    this(name, direction, counted, LABEL);
  }

  /** A figure that is better the higher, and counts. */
  public static Figure higher(String name) {
    return new Figure(name, Direction.HIGHER_IS_BETTER, true);
  }

  /** A figure that is better the lower, and counts. */
  public static Figure lower(String name) {
    return new Figure(name, Direction.LOWER_IS_BETTER, true);
  }

  /** The same, measured besides those that count. */
  public Figure besides() {
    return new Figure(name, direction, false, needs);
  }

  /** The same, defined only where there is this. */
  public Figure needs(String what) {
    return new Figure(name, direction, counted, what);
  }

  /** A value with four decimals, or the word {@value #UNDEFINED}. */
  public static String text(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : UNDEFINED;
  }
}
