package org.sparkmto.optimizer;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Options as a configuration gives them; whatever nobody asked for is unknown. */
final class Options {
  private final String owner;
  private final Map<String, Object> given;
  private final Set<String> asked = new TreeSet<>();

  Options(String owner, Map<String, ?> given) {
    this.owner = owner;
    this.given = new TreeMap<>(given);
  }

  /** A number that must be given. */
  double number(String name) {
    asked.add(name);
    require(given.containsKey(name), "%s needs the option '%s'".formatted(owner, name));
    return number(name, 0);
  }

  double number(String name, double fallback) {
    asked.add(name);
    Object value = given.getOrDefault(name, fallback);
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(name, value, "a number");
  }

  /** A whole number from 0 on that must be given. */
  long count(String name) {
    number(name);
    return count(name, 0);
  }

  long count(String name, long fallback) {
    double value = number(name, (double) fallback);
    if (value != Math.rint(value) || value < 0 || value > 1L << 53) {
      throw wrong(name, value, "a whole number from 0 on");
    }
    return (long) value;
  }

  boolean flag(String name, boolean fallback) {
    asked.add(name);
    Object value = given.getOrDefault(name, fallback);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(name, value, "true or false");
  }

  void refuseUnknown() {
    for (String name : given.keySet()) {
      require(
          asked.contains(name),
          "%s has no option '%s'%s".formatted(owner, name, Registry.suggestion(name, asked)));
    }
  }

  /** Checks that a decay rate is in [0, 1). */
  static void requireFraction(String owner, String name, double value) {
    require(value >= 0 && value < 1, "%s: %s %s is not in [0, 1)".formatted(owner, name, value));
  }

  /** Checks that a number is finite and not negative. */
  static void requireNotNegative(String owner, String name, double value) {
    require(
        value >= 0 && Double.isFinite(value),
        "%s: %s %s is not a number from 0 on".formatted(owner, name, value));
  }

  /**
   * Checks a constant that keeps a denominator from zero. It must be one as a float, too: otherwise
   * a parameter that never had a gradient would become 0/0.
   */
  static void requireEpsilon(String owner, double value) {
    require(
        value >= Float.MIN_NORMAL && Double.isFinite(value),
        "%s: epsilon %s is not a number above 1.2e-38".formatted(owner, value));
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  private IllegalArgumentException wrong(String name, Object value, String wanted) {
    return new IllegalArgumentException(
        "%s: option '%s' is %s, not %s".formatted(owner, name, value, wanted));
  }
}
