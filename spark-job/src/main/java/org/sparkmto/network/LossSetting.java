package org.sparkmto.network;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.sparkmto.options.Option;

/**
 * Which loss somebody has chosen, with which options: {@code { name = focal, gamma = 2 }}, or as
 * one text, {@code focal:gamma=2}, the form in which a task carries it. The text of one option
 * without a name is its {@code weight}: {@code balanced-bce:0.95}.
 *
 * @param name of the loss; empty for the usual one of its task's kind
 * @param options as given: texts, numbers, lists of them
 */
record LossSetting(String name, SortedMap<String, Object> options) {
  private static final String NAME = "name";
  private static final String WEIGHT = "weight";

  LossSetting {
    options = new TreeMap<>(options);
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if what follows the colon cannot be read
   */
  static LossSetting parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new LossSetting(text.strip(), new TreeMap<>());
    }
    String name = text.substring(0, colon).strip();
    String rest = text.substring(colon + 1).strip();
    SortedMap<String, Object> options = new TreeMap<>();
    if (rest.indexOf('=') < 0) {
      options.put(WEIGHT, rest);
    } else {
      try {
        Config fields = ConfigFactory.parseString(rest);
        fields.root().forEach((key, value) -> options.put(key, value.unwrapped()));
      } catch (ConfigException e) {
        throw new IllegalArgumentException(
            "loss '%s' cannot be read; it is written as focal:gamma=2 or { name = focal, gamma = 2 }"
                .formatted(text),
            e);
      }
    }
    return new LossSetting(name, options);
  }

  /**
   * What stands in a configuration: a text, or keys with values.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static LossSetting of(Object given) {
    if (given instanceof Map<?, ?> keys) {
      SortedMap<String, Object> options = new TreeMap<>();
      keys.forEach((key, value) -> options.put(String.valueOf(key), value));
      Object name = options.remove(NAME);
      return new LossSetting(name == null ? "" : String.valueOf(name), options);
    }
    if (given instanceof Iterable) {
      throw new IllegalArgumentException(
          "%s is no loss; name one, or write { name = ..., and its options }".formatted(given));
    }
    return parse(String.valueOf(given));
  }

  /** These options over those of another choice, with its name unless this has one. */
  LossSetting over(LossSetting other) {
    if (!name.isEmpty()) {
      return this;
    }
    SortedMap<String, Object> both = new TreeMap<>(other.options);
    both.putAll(options);
    return new LossSetting(other.name, both);
  }

  /** This choice with an option set anew. */
  LossSetting with(String option, Object value) {
    SortedMap<String, Object> changed = new TreeMap<>(options);
    changed.put(option, value);
    return new LossSetting(name, changed);
  }

  /** The text form, which {@link #parse} reads. */
  String text() {
    if (options.isEmpty()) {
      return name;
    }
    if (options.keySet().equals(Set.of(WEIGHT))) {
      return name + ":" + Option.written(options.get(WEIGHT));
    }
    return name
        + ":"
        + options.entrySet().stream()
            .map(one -> one.getKey() + "=" + Option.written(one.getValue()))
            .collect(Collectors.joining(","));
  }
}
