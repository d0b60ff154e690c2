package org.sparkmto.training;

/**
 * A run cannot start as it was configured, or not on this cluster. The message is one line for the
 * person who configured it: the key, what is wrong with its value, and what to do.
 */
public final class ConfigurationException extends RuntimeException {
  public ConfigurationException(String message) {
    super(message);
  }

  public ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
