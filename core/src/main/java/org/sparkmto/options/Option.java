package org.sparkmto.options;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * An option: what it is called, which values it can have, which one it has unless it is given, and
 * what it means. It is declared once, beside the class that reads it; help, tables and messages are
 * made of it.
 *
 * @param name lower-case words joined by hyphens
 * @param kind which values are possible
 * @param usual its value if it is not given; empty where absence has its own meaning, or where it
 *     must be given
 * @param required whether it must be given
 * @param meaning what it does, for people
 */
public record Option(
    String name, OptionKind kind, Optional<Object> usual, boolean required, String meaning) {

  /** An option that has a value unless it is given. */
  public static Option of(String name, OptionKind kind, Object usual, String meaning) {
    return new Option(name, kind, Optional.of(usual), false, meaning);
  }

  /** An option whose absence has a meaning of its own, which {@code meaning} tells. */
  public static Option orAbsent(String name, OptionKind kind, String meaning) {
    return new Option(name, kind, Optional.empty(), false, meaning);
  }

  /** An option that must be given. */
  public static Option required(String name, OptionKind kind, String meaning) {
    return new Option(name, kind, Optional.empty(), true, meaning);
  }

  /** Any finite number. */
  public static OptionKind number() {
    return OptionKinds.number("a number", value -> true);
  }

  /** A finite number above zero. */
  public static OptionKind positive() {
    return OptionKinds.number("a number above zero", value -> value > 0);
  }

  /** A finite number of at least zero. */
  public static OptionKind notNegative() {
    return OptionKinds.number("a number from zero on", value -> value >= 0);
  }

  /** A number in [0, 1). */
  public static OptionKind fraction() {
    return OptionKinds.number(
        "a number from zero on and below one", value -> value >= 0 && value < 1);
  }

  /** A number between two bounds, which are possible themselves. */
  public static OptionKind within(double least, double most) {
    return OptionKinds.number(
        "a number from " + written(least) + " to " + written(most),
        value -> value >= least && value <= most);
  }

  /** A whole number of at least {@code least} that is an {@code int}. */
  public static OptionKind count(int least) {
    return OptionKinds.whole(least, Integer.MAX_VALUE);
  }

  /** A whole number between two bounds, which are possible themselves. */
  public static OptionKind whole(long least, long most) {
    return OptionKinds.whole(least, most);
  }

  /** One of a few whole numbers. */
  public static OptionKind oneOf(long... possible) {
    return OptionKinds.oneOf(Arrays.stream(possible).boxed().toList());
  }

  /** Yes or no. */
  public static OptionKind flag() {
    return OptionKinds.flag();
  }

  /** A text, or a number as text. */
  public static OptionKind text() {
    return OptionKinds.text();
  }

  /** A list of texts. */
  public static OptionKind texts() {
    return OptionKinds.texts();
  }

  /**
   * One of the constants of an enum, spelled in lower case with '-' for '_' and '+' for '_PLUS'.
   */
  public static <E extends Enum<E>> OptionKind choice(Class<E> type) {
    return OptionKinds.choice(List.of(type.getEnumConstants()));
  }

  /** One of some constants of an enum, in their order. */
  public static <E extends Enum<E>> OptionKind choice(Collection<E> possible) {
    return OptionKinds.choice(possible);
  }

  /** One of the constants of an enum for all tasks, or a list of them with one for each. */
  public static <E extends Enum<E>> OptionKind choices(Class<E> type) {
    return OptionKinds.choices(List.of(type.getEnumConstants()));
  }

  /** A list of finite numbers, one per task. */
  public static OptionKind perTask() {
    return OptionKinds.numbers("a list of numbers, one per task");
  }

  /** One finite number for all tasks, or a list with one for each. */
  public static OptionKind allOrPerTask() {
    return OptionKinds.numberOrNumbers();
  }

  /** A list of finite numbers. */
  public static OptionKind numbers() {
    return OptionKinds.numbers("a list of numbers");
  }

  /** A word with a meaning of its own, which is read as that text, or what another kind reads. */
  public static OptionKind wordOr(String word, OptionKind other) {
    return OptionKinds.wordOr(word, other);
  }

  /**
   * A list of finite numbers above zero; a single number is a list of one.
   *
   * @param words what is possible
   */
  public static OptionKind positives(String words) {
    return OptionKinds.positives(words);
  }

  /**
   * A text that {@code reader} reads; what it throws means that the text is impossible.
   *
   * @param words what is possible
   */
  public static OptionKind parsed(String words, Function<String, ?> reader) {
    return OptionKinds.parsed(words, reader);
  }

  /**
   * Keys or a list, that code reads by itself.
   *
   * @param words what is possible
   */
  public static OptionKind structure(String words) {
    return OptionKinds.any(words);
  }

  /**
   * Keys with values, that code reads by itself.
   *
   * @param words what is possible
   */
  public static OptionKind keys(String words) {
    return OptionKinds.keys(words);
  }

  /** How a constant of an enum is written: {@code MTAN_INVERSE_DEPTH} as mtan-inverse-depth. */
  public static String spelled(Enum<?> constant) {
    return OptionKinds.spelled(constant);
  }

  /** How a value is written in a configuration, and shown to people: 0.5, 1e-8, [1, 2]. */
  public static String written(Object value) {
    if (value instanceof Enum<?> constant) {
      return spelled(constant);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Option::written).toList().toString();
    }
    if (value instanceof Double || value instanceof Float) {
      String text = String.valueOf(value).toLowerCase(Locale.ROOT);
      return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text.replace(".0e", "e");
    }
    return String.valueOf(value);
  }

  /** For help: {@code momentum = 0.9 (a number from zero on and below one): what it does}. */
  public String described() {
    return name
        + (usualText().isEmpty() ? "" : " = " + usualText())
        + " ("
        + kind.words()
        + (required ? ", required" : "")
        + "): "
        + meaning;
  }

  /** The usual value as a configuration has it; empty where there is none. */
  public String usualText() {
    return usual.map(Option::written).orElse("");
  }
}
