package org.sparkmto.metric;

/**
 * One number that a metric comes to.
 *
 * @param name lower-case words joined by hyphens; unique among the figures of a task
 * @param direction which way the value gets better
 * @param counted whether it counts in {@link RelativePerformance} where nobody chooses otherwise:
 *     true of what papers average over for tasks of this kind, false of what is measured besides
 */
public record Figure(String name, Direction direction, boolean counted) {

  static Figure higher(String name) {
    return new Figure(name, Direction.HIGHER_IS_BETTER, true);
  }

  static Figure lower(String name) {
    return new Figure(name, Direction.LOWER_IS_BETTER, true);
  }

  /** The same, measured besides those that count. */
  Figure besides() {
    return new Figure(name, direction, false);
  }
}
