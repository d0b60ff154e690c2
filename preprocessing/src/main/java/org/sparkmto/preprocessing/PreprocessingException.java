package org.sparkmto.preprocessing;

import org.sparkmto.storage.StorageException;

/**
 * Preprocessing cannot go on. The message is one line for the person who started it: what was
 * wrong, where, and what to do.
 */
public final class PreprocessingException extends RuntimeException {
  private final boolean wrongUsage;

  private PreprocessingException(String message, Throwable cause, boolean wrongUsage) {
    super(OneLine.of(message), cause);
    this.wrongUsage = wrongUsage;
  }

  /** What was asked for cannot be done; asking again the same way is pointless. */
  public static PreprocessingException wrongUsage(String message) {
    return new PreprocessingException(message, null, true);
  }

  /** The request was sound, the data or the machines were not. */
  public static PreprocessingException failed(String message) {
    return new PreprocessingException(message, null, false);
  }

  /** The request was sound, the data or the machines were not. */
  public static PreprocessingException failed(String message, Throwable cause) {
    return new PreprocessingException(message, cause, false);
  }

  /** A storage does not let a path of the request be used. */
  public static PreprocessingException storage(StorageException e) {
    return new PreprocessingException(e.getMessage(), e, e.isLasting());
  }

  /** Whether the request itself was wrong. */
  public boolean isWrongUsage() {
    return wrongUsage;
  }

  /** The exit code of a program that ends with this exception: 2 for wrong usage, otherwise 1. */
  public int exitCode() {
    return wrongUsage ? 2 : 1;
  }
}
