package org.sparkmto.preprocessing.own;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Numbers as tables write them. */
final class Numbers {
  private static final int LONGEST = 64;
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,4})?");
  private static final Pattern WHOLE = Pattern.compile("([+-]?\\d+)\\.0*");

  private Numbers() {}

  /**
   * A decimal number, {@code nan} or {@code inf} in any case; empty for everything else, also for
   * what only Java takes for a number, such as {@code 1d} or {@code 0x1p3}.
   */
  static OptionalDouble parse(String text) {
    if (text.length() <= LONGEST && DECIMAL.matcher(text).matches()) {
      return OptionalDouble.of(Double.parseDouble(text));
    }
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "nan" -> OptionalDouble.of(Double.NaN);
      case "inf", "+inf", "infinity", "+infinity" -> OptionalDouble.of(Double.POSITIVE_INFINITY);
      case "-inf", "-infinity" -> OptionalDouble.of(Double.NEGATIVE_INFINITY);
      default -> OptionalDouble.empty();
    };
  }

  /**
   * A text without blanks around it; a whole number without a fraction, because a program that
   * stores missing labels as not-a-number turns its labels into {@code 3.0}.
   */
  static String plain(String text) {
    String stripped = text.strip();
    if (stripped.length() <= LONGEST) {
      var whole = WHOLE.matcher(stripped);
      if (whole.matches()) {
        return whole.group(1);
      }
    }
    return stripped;
  }
}
