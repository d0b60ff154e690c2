package org.sparkmto.step;

/** A loss or gradient is no longer finite; starting again would end the same way. */
public final class DivergedException extends RuntimeException {
  DivergedException(String message) {
    super(message);
  }
}
