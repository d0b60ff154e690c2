package org.sparkmto.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them. Independent of the locale of the machine. */
final class NumberText {
  static final String NONE = "–";
  private static final char MINUS = '−';

  private NumberText() {}

  /** A metric: four decimals, enough to tell runs apart, or four digits where it is large. */
  static String metric(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    return typeset(
        Math.abs(value) < 10 ? String.format(Locale.ROOT, "%.4f", value) : digits(value, 5));
  }

  /** With a sign and two decimals. */
  static String percent(double value) {
    return Double.isFinite(value)
        ? typeset(String.format(Locale.ROOT, "%+.2f", value)) + " %"
        : NONE;
  }

  /** With a deviation, both of the one percent sign; without one if that is not finite. */
  static String percent(double value, double deviation) {
    return Double.isFinite(value) && Double.isFinite(deviation)
        ? typeset(String.format(Locale.ROOT, "%+.2f", value))
            + deviation(fixed(deviation, 2))
            + " %"
        : percent(value);
  }

  /** What follows a number whose deviation this is; nothing if there is none. */
  static String deviation(String deviation) {
    return deviation.equals(NONE) ? "" : " ± " + deviation;
  }

  static String count(long value) {
    return typeset(String.format(Locale.ROOT, "%,d", value));
  }

  static String millis(double value) {
    return Double.isFinite(value) ? typeset(digits(value, 3)) + " ms" : NONE;
  }

  /** Of milliseconds, in the two largest units that matter. */
  static String duration(double millis) {
    long seconds = Math.round(millis / 1000);
    if (seconds < 60) {
      return seconds + " s";
    }
    long minutes = seconds / 60;
    return minutes < 60
        ? minutes + " min " + seconds % 60 + " s"
        : count(minutes / 60) + " h " + minutes % 60 + " min";
  }

  /** At most this many significant digits, without trailing zeros. */
  static String significant(double value, int digits) {
    return Double.isFinite(value) ? typeset(digits(value, digits)) : NONE;
  }

  /** Exactly this many decimals. */
  static String fixed(double value, int decimals) {
    return Double.isFinite(value)
        ? typeset(String.format(Locale.ROOT, "%,." + decimals + "f", value))
        : NONE;
  }

  /** Every digit, as a program reads it back; null of what is not finite. */
  static String exact(double value) {
    return Double.isFinite(value) ? Double.toString(value) : null;
  }

  private static String digits(double value, int digits) {
    if (value == 0) {
      return "0";
    }
    double magnitude = Math.abs(value);
    if (magnitude < 1e-4 || magnitude >= 1e7) {
      return String.format(Locale.ROOT, "%." + (digits - 1) + "e", value)
          .replaceFirst("\\.?0*e", "e")
          .replaceFirst("e([+-])0*(\\d)", "e$1$2")
          .replace("e+", "e");
    }
    String plain =
        new BigDecimal(value).round(new MathContext(digits)).stripTrailingZeros().toPlainString();
    int point = plain.indexOf('.');
    return point < 0 && magnitude >= 1e4
        ? String.format(Locale.ROOT, "%,d", new BigDecimal(plain).longValueExact())
        : plain;
  }

  private static String typeset(String text) {
    String minus = text.replace('-', MINUS);
    // A zero that only rounding made needs no sign.
    return minus.matches(MINUS + "0(\\.0+)?") ? minus.substring(1) : minus;
  }
}
