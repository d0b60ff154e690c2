package org.sparkmto.data;

/**
 * A directory of shards, or its manifest, is not what the contract promises. The message says what
 * was wrong, where, and what to do; it is meant for the person who named the directory.
 */
public final class DataContractException extends RuntimeException {
  public DataContractException(String message) {
    super(message);
  }

  public DataContractException(String message, Throwable cause) {
    super(message, cause);
  }
}
