package org.sparkmto.training;

/** The cluster has not started the tasks of a stage in time; the message says what it has. */
final class NotStartedException extends RuntimeException {
  private final int started;

  NotStartedException(String message) {
    this(message, 0);
  }

  /** With the number of tasks that have begun to run all the same. */
  NotStartedException(String message, int started) {
    super(message);
    this.started = started;
  }

  /** How many tasks have begun to run all the same. */
  int started() {
    return started;
  }
}
