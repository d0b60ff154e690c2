package org.sparkmto.runlog;

/** A file of a run is not what it should be; the message is one sentence that says where. */
public final class LogFormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LogFormatException(String message) {
    super(message);
  }

  LogFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
