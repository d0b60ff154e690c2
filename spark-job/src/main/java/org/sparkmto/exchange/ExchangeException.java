package org.sparkmto.exchange;

/**
 * Ranks or the driver could not be reached, or did not answer in time. The message names the step,
 * the rank and what it waited for.
 */
public final class ExchangeException extends RuntimeException {
  public ExchangeException(String message) {
    super(message);
  }

  public ExchangeException(String message, Throwable cause) {
    super(message, cause);
  }
}
