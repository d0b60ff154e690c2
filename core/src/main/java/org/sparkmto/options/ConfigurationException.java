package org.sparkmto.options;

/**
 * What was asked for cannot be done as asked: a wrong setting, a missing file, a cluster that does
 * not fit. The message is one sentence for the person who asked: what was wrong, where, and what to
 * do. The command line prints it as one line and exits with code 2.
 */
public final class ConfigurationException extends RuntimeException {
  public ConfigurationException(String message) {
    super(message);
  }

  public ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
