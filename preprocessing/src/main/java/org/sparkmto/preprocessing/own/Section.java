package org.sparkmto.preprocessing.own;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.options.Option;
import org.sparkmto.options.OptionException;
import org.sparkmto.options.Options;
import org.sparkmto.preprocessing.PreprocessingException;

/**
 * Keys below one key of the configuration, such as one task. An unknown key and an impossible value
 * are a {@link PreprocessingException} that says where it stands and what is possible.
 */
final class Section {
  private final String place;
  private final Map<String, Object> keys = new LinkedHashMap<>();

  /**
   * @param place how messages name this part, such as {@code tasks[2]}
   * @param value what the user wrote there; a key without a value counts as not given
   */
  Section(String place, Object value) {
    if (!(value instanceof Map<?, ?> given)) {
      throw PreprocessingException.wrongUsage(
          place + " is " + Option.written(value) + ", not keys in braces {...}");
    }
    this.place = place;
    given.forEach(
        (key, below) -> {
          if (below != null) {
            keys.put(String.valueOf(key), below);
          }
        });
  }

  /** The entries of a list of sections; one section alone stands for a list of one. */
  static List<Section> list(String name, Object value) {
    if (!(value instanceof List<?> list)) {
      return List.of(new Section(name, value));
    }
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      sections.add(new Section(name + "[" + (i + 1) + "]", list.get(i)));
    }
    return sections;
  }

  /** This section under a place that tells more. */
  Section at(String newPlace) {
    return new Section(newPlace, keys);
  }

  String place() {
    return place;
  }

  /** Whether the user wrote this key. */
  boolean has(String key) {
    return keys.containsKey(key);
  }

  /** Reads all keys; every other one than those declared is refused. */
  Options read(List<Option> declared) {
    return read(declared, keys);
  }

  /** Reads one key that others depend on; the others are not looked at. */
  Options readOnly(Option declared) {
    return read(
        List.of(declared),
        has(declared.name()) ? Map.of(declared.name(), keys.get(declared.name())) : Map.of());
  }

  private Options read(List<Option> declared, Map<String, Object> given) {
    try {
      return Options.read(place, declared, given);
    } catch (OptionException e) {
      throw PreprocessingException.wrongUsage(e.getMessage());
    }
  }

  /** The error of a key that is missing beside others. */
  PreprocessingException needs(String key) {
    return PreprocessingException.wrongUsage(place + " needs the option '" + key + "'");
  }

  /** The error of a value that does not go with others. */
  PreprocessingException wrong(String key, String possible) {
    return PreprocessingException.wrongUsage(
        "%s: option '%s' must be %s, not '%s'"
            .formatted(place, key, possible, Option.written(keys.get(key))));
  }

  /** Refuses a key that does not go with others. */
  void refuse(String key, String belongs) {
    if (has(key)) {
      throw PreprocessingException.wrongUsage(
          "%s: option '%s' is not possible here; it belongs to %s".formatted(place, key, belongs));
    }
  }
}
