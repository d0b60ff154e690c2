package org.sparkmto.runlog;

/** A line of a log that cannot be used; the message completes "line 7 is ...". */
final class UnreadableLineException extends Exception {
  private static final long serialVersionUID = 1;

  UnreadableLineException(String message) {
    super(message);
  }
}
