package org.sparkmto.options;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sparkmto.naming.Nearest;

/**
 * The values of declared options, all of them read and checked, so that nothing can be wrong when
 * one is asked for by its name. To ask for an option that is not declared, or for another type than
 * it was declared with, is a mistake of the program: an {@link IllegalStateException}.
 */
public final class Options {
  private final String owner;
  private final Map<String, Option> declared;
  private final SortedMap<String, Object> written;
  private final Map<String, Object> values;
  private final Set<String> given;

  private Options(
      String owner,
      Map<String, Option> declared,
      SortedMap<String, Object> written,
      Map<String, Object> values,
      Set<String> given) {
    this.owner = owner;
    this.declared = declared;
    this.written = Collections.unmodifiableSortedMap(written);
    this.values = values;
    this.given = Set.copyOf(given);
  }

  /**
   * Reads options.
   *
   * @param owner whose they are, as messages name it: {@code optimizer 'sgd'}
   * @param declared every option it has
   * @param given values by name; those left out have their usual values
   * @throws OptionException if a name is unknown (the message names the nearest known one), a
   *     required option is missing, or a value impossible
   */
  public static Options read(String owner, List<Option> declared, Map<String, ?> given) {
    Map<String, Option> known = new LinkedHashMap<>();
    declared.forEach(option -> known.put(option.name(), option));
    refuseUnknown(owner, known.keySet(), given.keySet());
    SortedMap<String, Object> written = new TreeMap<>();
    Map<String, Object> values = new TreeMap<>();
    for (Option option : declared) {
      String name = option.name();
      Object value = given.containsKey(name) ? given.get(name) : option.usual().orElse(null);
      if (value == null && !given.containsKey(name)) {
        if (option.required()) {
          throw OptionException.about(name, owner + " needs the option '" + name + "'");
        }
        continue;
      }
      try {
        values.put(name, value == null ? refuseNull(option) : option.kind().read(value));
      } catch (IllegalArgumentException e) {
        throw OptionException.impossible(owner, name, value, e);
      }
      written.put(name, value instanceof Enum<?> constant ? Option.spelled(constant) : value);
    }
    return new Options(owner, known, written, values, given.keySet());
  }

  private static Object refuseNull(Option option) {
    throw new IllegalArgumentException(option.kind().words());
  }

  private static void refuseUnknown(String owner, Set<String> known, Set<String> given) {
    for (String name : given) {
      if (!known.contains(name)) {
        // In a configuration the options stand beside a name, which can be mistyped, too.
        Set<String> near = new TreeSet<>(known);
        near.add("name");
        throw OptionException.about(
            name,
            "%s has no option '%s'%s %s"
                .formatted(
                    owner,
                    name,
                    Nearest.hint(name, near),
                    known.isEmpty()
                        ? "It has none."
                        : "Known are " + String.join(", ", new TreeSet<>(known)) + "."));
      }
    }
  }

  /** Names and values as given or usual, in alphabetical order; absent options are left out. */
  public SortedMap<String, Object> written() {
    return written;
  }

  /** Whether an option without a usual value was given. */
  public boolean has(String name) {
    if (!declared.containsKey(name)) {
      throw undeclared(name);
    }
    return values.containsKey(name);
  }

  /** Whether an option was given, be it with its usual value. */
  public boolean isGiven(String name) {
    if (!declared.containsKey(name)) {
      throw undeclared(name);
    }
    return given.contains(name);
  }

  /** A number. */
  public double number(String name) {
    return value(name, Double.class);
  }

  /** A number that may be absent. */
  public OptionalDouble optionalNumber(String name) {
    return has(name) ? OptionalDouble.of(number(name)) : OptionalDouble.empty();
  }

  /** A whole number that was declared to be an {@code int}. */
  public int count(String name) {
    return Math.toIntExact(whole(name));
  }

  /** A whole number that may be absent. */
  public OptionalInt optionalCount(String name) {
    return has(name) ? OptionalInt.of(count(name)) : OptionalInt.empty();
  }

  /** A whole number. */
  public long whole(String name) {
    return value(name, Long.class);
  }

  /** Yes or no. */
  public boolean flag(String name) {
    return value(name, Boolean.class);
  }

  /** A text. */
  public String text(String name) {
    return value(name, String.class);
  }

  /** A list of texts. */
  public List<String> texts(String name) {
    return list(name, String.class);
  }

  /** A list of numbers. */
  public List<Double> numbers(String name) {
    return list(name, Double.class);
  }

  /** A list of numbers that may be absent. */
  public Optional<List<Double>> optionalNumbers(String name) {
    return has(name) ? Optional.of(numbers(name)) : Optional.empty();
  }

  /** A constant of an enum. */
  public <E extends Enum<E>> E choice(String name, Class<E> type) {
    return value(name, type);
  }

  /** Constants of an enum. */
  public <E extends Enum<E>> List<E> choices(String name, Class<E> type) {
    return list(name, type);
  }

  /** What a kind of one's own has read. */
  public <T> T value(String name, Class<T> type) {
    Object value = values.get(name);
    if (!type.isInstance(value)) {
      throw declared.containsKey(name)
          ? new IllegalStateException(
              "%s: option '%s' is %s, no %s".formatted(owner, name, value, type.getSimpleName()))
          : undeclared(name);
    }
    return type.cast(value);
  }

  /** What a kind of one's own has read, or a constant of an enum, that may be absent. */
  public <T> Optional<T> optional(String name, Class<T> type) {
    return has(name) ? Optional.of(value(name, type)) : Optional.empty();
  }

  private <T> List<T> list(String name, Class<T> type) {
    List<?> values = value(name, List.class);
    return values.stream().map(type::cast).toList();
  }

  private IllegalStateException undeclared(String name) {
    return new IllegalStateException(owner + ": option '" + name + "' is not declared");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Options options
        && owner.equals(options.owner)
        && written.equals(options.written);
  }

  @Override
  public int hashCode() {
    return written.hashCode();
  }

  @Override
  public String toString() {
    return written.toString();
  }
}
