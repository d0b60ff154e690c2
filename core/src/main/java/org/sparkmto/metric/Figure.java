package org.sparkmto.metric;

/**
 * One number that a metric comes to.
 *
 * @param name lower-case words joined by hyphens; unique among the figures of a task
 * @param direction which way the value gets better
 */
public record Figure(String name, Direction direction) {

  static Figure higher(String name) {
    return new Figure(name, Direction.HIGHER_IS_BETTER);
  }

  static Figure lower(String name) {
    return new Figure(name, Direction.LOWER_IS_BETTER);
  }
}
