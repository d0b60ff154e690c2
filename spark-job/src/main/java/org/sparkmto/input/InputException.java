package org.sparkmto.input;

/**
 * A batch could not be had: reading failed on the stream's own thread, or the wait for it was
 * interrupted. The cause tells why: a {@link org.sparkmto.data.DataContractException} for shards
 * that are not what the manifest says, an {@link java.io.UncheckedIOException} for storage that did
 * not answer.
 */
public final class InputException extends RuntimeException {
  InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
