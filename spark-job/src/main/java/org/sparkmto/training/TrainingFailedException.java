package org.sparkmto.training;

/** A segment failed and was not, or not once more, started again. */
public final class TrainingFailedException extends RuntimeException {
  TrainingFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
