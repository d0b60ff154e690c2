package org.sparkmto.experiment.golden;

/** An entry cannot be read as what its name says. */
final class MalformedEntryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MalformedEntryException(String message) {
    super(message);
  }
}
