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
