package org.sparkmto.method;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Options of a method by name. A value is a String, a Number, a Boolean or a List of Numbers; text
 * that spells a number is taken for it, because command lines know only text. A method's {@link
 * MethodEntry} checks the names and fills in the defaults, so that a method reads every option
 * without repeating its default.
 */
public final class MethodOptions {
  private final SortedMap<String, Object> values;

  private MethodOptions(SortedMap<String, Object> values) {
    this.values = Collections.unmodifiableSortedMap(values);
  }

  /** No options: every default holds. */
  public static MethodOptions none() {
    return new MethodOptions(new TreeMap<>());
  }

  /** The options of a map. */
  public static MethodOptions of(Map<String, ?> values) {
    return new MethodOptions(new TreeMap<>(values));
  }

  /** With one more option, or another value for it. */
  public MethodOptions with(String name, Object value) {
    SortedMap<String, Object> copy = new TreeMap<>(values);
    copy.put(name, value);
    return new MethodOptions(copy);
  }

  /** Names and values, in alphabetical order. */
  public SortedMap<String, Object> values() {
    return values;
  }

  /**
   * A finite number.
   *
   * @throws IllegalArgumentException if the value is anything else
   */
  public double number(String name) {
    return toNumber(name, require(name));
  }

  /**
   * A finite number above zero.
   *
   * @throws IllegalArgumentException if the value is anything else
   */
  public double positive(String name) {
    double value = number(name);
    if (!(value > 0)) {
      throw wrong(name, "a number above zero");
    }
    return value;
  }

  /** A finite number of at least zero. */
  public double notNegative(String name) {
    double value = number(name);
    if (value < 0) {
      throw wrong(name, "a number from zero on");
    }
    return value;
  }

  /** A number in [0, 1). */
  public double fraction(String name) {
    double value = number(name);
    if (value < 0 || value >= 1) {
      throw wrong(name, "a number from zero on and below one");
    }
    return value;
  }

  /** A whole number of at least {@code least}. */
  public int count(String name, int least) {
    double value = number(name);
    if (value != Math.rint(value) || value < least || value > Integer.MAX_VALUE) {
      throw wrong(name, "a whole number of at least " + least);
    }
    return (int) value;
  }

  /** A text, or a number as text. */
  public String text(String name) {
    return String.valueOf(require(name));
  }

  /** Whether an option without a default was given. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** A number above zero that may be absent. */
  public OptionalDouble optionalPositive(String name) {
    return values.containsKey(name) ? OptionalDouble.of(positive(name)) : OptionalDouble.empty();
  }

  /**
   * A list of finite numbers, one per task of the run, that may be absent.
   *
   * @throws IllegalArgumentException if the value is anything else
   */
  public Optional<Vector> vector(String name) {
    if (!values.containsKey(name)) {
      return Optional.empty();
    }
    if (!(require(name) instanceof List<?> list)) {
      throw wrong(name, "a list of numbers, one per task");
    }
    return Optional.of(
        Vector.of(list.stream().mapToDouble(element -> toNumber(name, element)).toArray()));
  }

  /**
   * One finite number for all tasks, or a list with one for each; a list of one stands for all.
   *
   * @throws IllegalArgumentException if the value is anything else
   */
  public Vector numbers(String name) {
    return require(name) instanceof List<?> ? vector(name).orElseThrow() : Vector.of(number(name));
  }

  /**
   * Yes or no.
   *
   * @throws IllegalArgumentException if the value is neither true nor false
   */
  public boolean flag(String name) {
    String text = String.valueOf(require(name)).toLowerCase(Locale.ROOT);
    if (!text.equals("true") && !text.equals("false")) {
      throw wrong(name, "true or false");
    }
    return text.equals("true");
  }

  /**
   * One of the constants of an enum, spelled in lower case with '-' for '_' and '+' for '_PLUS'.
   *
   * @throws IllegalArgumentException if the value is none of them
   */
  public <E extends Enum<E>> E choice(String name, Class<E> type) {
    String text = String.valueOf(require(name));
    E[] constants = type.getEnumConstants();
    for (E constant : constants) {
      if (spelled(constant).equals(text)) {
        return constant;
      }
    }
    throw wrong(
        name,
        "one of "
            + Arrays.stream(constants)
                .map(MethodOptions::spelled)
                .collect(Collectors.joining(", ")));
  }

  /**
   * One of the constants of an enum for all tasks, or a list of them with one for each; a list of
   * one stands for all tasks.
   *
   * @throws IllegalArgumentException if an element is none of them
   */
  public <E extends Enum<E>> List<E> choices(String name, Class<E> type) {
    if (!(require(name) instanceof List<?> list)) {
      return List.of(choice(name, type));
    }
    return list.stream()
        .map(one -> MethodOptions.of(Map.of(name, one)).choice(name, type))
        .toList();
  }

  static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace("_plus", "+").replace('_', '-');
  }

  private Object require(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("option '" + name + "' is missing");
    }
    return value;
  }

  private double toNumber(String name, Object value) {
    double number;
    if (value instanceof Number given) {
      number = given.doubleValue();
    } else {
      try {
        number = Double.parseDouble(String.valueOf(value));
      } catch (NumberFormatException e) {
        throw wrong(name, "a number");
      }
    }
    if (!Double.isFinite(number)) {
      throw wrong(name, "a finite number");
    }
    return number;
  }

  private IllegalArgumentException wrong(String name, String expected) {
    return new IllegalArgumentException(
        "option '" + name + "' must be " + expected + ", not '" + values.get(name) + "'");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MethodOptions options && values.equals(options.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
