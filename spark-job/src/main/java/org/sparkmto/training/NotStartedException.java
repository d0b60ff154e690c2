package org.sparkmto.training;

/** The cluster has not started the tasks of a stage in time; the message says what it has. */
final class NotStartedException extends RuntimeException {
  NotStartedException(String message) {
    super(message);
  }
}
