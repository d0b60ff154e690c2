package org.sparkmto.preprocessing.inspection;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers for people. */
final class Amounts {
  private static final MathContext THREE = new MathContext(3, RoundingMode.HALF_EVEN);

  private Amounts() {}

  /** A number with three significant digits, in plain form unless it is very large or small. */
  static String text(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    BigDecimal rounded = new BigDecimal(value).round(THREE);
    double magnitude = Math.abs(value);
    if (magnitude >= 1000 && magnitude < 1e9) {
      rounded = new BigDecimal(value).setScale(0, RoundingMode.HALF_EVEN);
    }
    return rounded.signum() == 0
        ? "0"
        : magnitude < 1e-4 || magnitude >= 1e9
            ? rounded.stripTrailingZeros().toString()
            : rounded.stripTrailingZeros().toPlainString();
  }

  /** A number with its unit, if it has one. */
  static String text(double value, String unit) {
    return unit.isEmpty() ? text(value) : text(value) + " " + unit;
  }

  /** A share in percent, with the digits that a small one needs. */
  static String percent(long part, long whole) {
    if (whole == 0) {
      return "-";
    }
    double percent = 100.0 * part / whole;
    if (part == 0 || part == whole) {
      return percent == 0 ? "0%" : "100%";
    }
    return percent >= 99.95
        ? ">99.9%"
        : percent < 0.01
            ? "<0.01%"
            : String.format(java.util.Locale.ROOT, percent < 1 ? "%.2f%%" : "%.1f%%", percent);
  }
}
