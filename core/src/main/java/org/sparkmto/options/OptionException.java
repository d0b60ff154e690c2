package org.sparkmto.options;

/** An option that is unknown, missing, or has an impossible value. */
public final class OptionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String option;
  private final String value;
  private final String possible;

  private OptionException(
      String message, String option, String value, String possible, Throwable cause) {
    super(message, cause);
    this.option = option;
    this.value = value;
    this.possible = possible;
  }

  static OptionException about(String option, String message) {
    return new OptionException(message, option, "", "", null);
  }

  static OptionException impossible(
      String owner, String option, Object value, IllegalArgumentException cause) {
    String written = Option.written(value);
    return new OptionException(
        "%s: option '%s' must be %s, not '%s'"
            .formatted(owner, option, cause.getMessage(), written),
        option,
        written,
        cause.getMessage(),
        cause);
  }

  /** Name of the option. */
  public String option() {
    return option;
  }

  /** The message for a key of a configuration: {@code training.batch = 0 must be 1 or more}. */
  public String atKey(String key) {
    return possible.isEmpty() ? getMessage() : key + " = " + value + " must be " + possible;
  }
}
