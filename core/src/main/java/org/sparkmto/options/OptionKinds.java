package org.sparkmto.options;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The kinds of options that are met again and again. */
final class OptionKinds {
  private static final Set<String> YES = Set.of("true", "yes", "on");
  private static final Set<String> NO = Set.of("false", "no", "off");

  private OptionKinds() {}

  private record Kind(String words, Function<Object, Object> reader) implements OptionKind {
    @Override
    public Object read(Object given) {
      return reader.apply(given);
    }
  }

  /** A finite number for which a condition holds: a Double. */
  static OptionKind number(String words, DoublePredicate fits) {
    return new Kind(words, given -> require(fits, number(given), words));
  }

  /** A whole number between two bounds, which are possible themselves: a Long. */
  static OptionKind whole(long least, long most) {
    boolean any = least <= Integer.MIN_VALUE && open(most);
    String words = any ? "" : ", " + range(least, most);
    return new Kind("a whole number" + words, given -> whole(given, least, most));
  }

  /** One of a few whole numbers: a Long. */
  static OptionKind oneOf(List<Long> possible) {
    String words =
        "one of " + possible.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return new Kind(
        words,
        given -> {
          Long value = whole(given, Long.MIN_VALUE, Long.MAX_VALUE);
          return possible.contains(value) ? value : fail(words);
        });
  }

  /** Yes or no: a Boolean. */
  static OptionKind flag() {
    String words = "true or false";
    return new Kind(
        words,
        given -> {
          String text = String.valueOf(given).toLowerCase(Locale.ROOT);
          if (!YES.contains(text) && !NO.contains(text)) {
            throw new IllegalArgumentException(words);
          }
          return YES.contains(text);
        });
  }

  /** A text: a String. */
  static OptionKind text() {
    return new Kind("a text", OptionKinds::text);
  }

  /** A list of texts: a List. */
  static OptionKind texts() {
    String words = "a list of names";
    return new Kind(
        words,
        given ->
            given instanceof List<?> list
                ? list.stream().map(OptionKinds::text).toList()
                : fail(words));
  }

  /** One of some constants of an enum: the constant. */
  static <E extends Enum<E>> OptionKind choice(Collection<E> possible) {
    String names = possible.stream().map(OptionKinds::spelled).collect(Collectors.joining(", "));
    String words = possible.size() == 1 ? names : "one of " + names;
    return new Kind(words, given -> constant(possible, given, words));
  }

  /** One of some constants of an enum, or a list of them: a List. */
  static <E extends Enum<E>> OptionKind choices(Collection<E> possible) {
    OptionKind one = choice(possible);
    return listOrOne(one, one.words() + ", or a list of these");
  }

  /** A list of finite numbers: a List of Double. */
  static OptionKind numbers(String words) {
    return new Kind(
        words,
        given ->
            given instanceof List<?> list
                ? list.stream().map(OptionKinds::number).toList()
                : fail(words));
  }

  /** One finite number above zero, or a list of them: a List of Double. */
  static OptionKind positives(String words) {
    return listOrOne(number(words, value -> value > 0), words);
  }

  /** A word with a meaning of its own, a String, or what another kind reads. */
  static OptionKind wordOr(String word, OptionKind other) {
    String words = word + ", or " + other.words();
    return new Kind(
        words,
        given -> {
          if (word.equals(given)) {
            return word;
          }
          try {
            return other.read(given);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(words, e);
          }
        });
  }

  /** One finite number, or a list of them: a List of Double. */
  static OptionKind numberOrNumbers() {
    return listOrOne(
        new Kind("a number", OptionKinds::number), "a number, or a list with one per task");
  }

  /** A kind whose text is read by {@code reader}. */
  static OptionKind parsed(String words, Function<String, ?> reader) {
    return new Kind(
        words,
        given -> {
          try {
            return reader.apply(text(given));
          } catch (RuntimeException e) {
            throw new IllegalArgumentException(words, e);
          }
        });
  }

  /** Anything, for what is read by another reader: lists of sections, for example. */
  static OptionKind any(String words) {
    return new Kind(words, given -> given);
  }

  /** Keys with values: a Map. */
  static OptionKind keys(String words) {
    return new Kind(words, given -> given instanceof Map ? given : fail(words));
  }

  private static OptionKind listOrOne(OptionKind one, String words) {
    return new Kind(
        words,
        given -> {
          List<?> all = given instanceof List<?> list ? list : List.of(given);
          return all.stream().map(one::read).toList();
        });
  }

  /** How a constant is written: lower case, '-' for '_' and '+' for '_PLUS'. */
  static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace("_plus", "+").replace('_', '-');
  }

  private static <E extends Enum<E>> E constant(
      Collection<E> possible, Object given, String words) {
    for (E constant : possible) {
      if (spelled(constant).equals(Option.written(given))) {
        return constant;
      }
    }
    throw new IllegalArgumentException(words);
  }

  private static String text(Object given) {
    if (given instanceof Map || given instanceof List) {
      throw new IllegalArgumentException("a text");
    }
    return String.valueOf(given);
  }

  private static Double number(Object given) {
    double number = 0;
    if (given instanceof Number known) {
      number = known.doubleValue();
    } else {
      try {
        number = Double.parseDouble(String.valueOf(given));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("a number", e);
      }
    }
    return require(Double::isFinite, number, "a finite number");
  }

  private static Double require(DoublePredicate fits, Double number, String words) {
    if (!fits.test(number)) {
      throw new IllegalArgumentException(words);
    }
    return number;
  }

  /** Never cuts a fraction off. */
  private static Long whole(Object given, long least, long most) {
    long value;
    try {
      value = new BigDecimal(String.valueOf(given)).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("a whole number", e);
    }
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          open(most) && value > most ? "no more than " + most : range(least, most));
    }
    return value;
  }

  private static String range(long least, long most) {
    return open(most) ? least + " or more" : least + " to " + most;
  }

  /** Whether a bound is that of Java's numbers and not of the option. */
  private static boolean open(long most) {
    return most >= Integer.MAX_VALUE;
  }

  private static Object fail(String words) {
    throw new IllegalArgumentException(words);
  }
}
