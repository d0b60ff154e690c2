package org.sparkmto.training;

/**
 * A checkpoint or a model is not what was written: a file of it is missing, changed or cut off. The
 * message says which and in what, as the beginning of a sentence.
 */
final class UnsoundException extends Exception {
  private static final long serialVersionUID = 1;

  UnsoundException(String message) {
    super(message);
  }

  UnsoundException(String message, Throwable cause) {
    super(message, cause);
  }
}
