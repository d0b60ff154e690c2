package org.sparkmto.configuration;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.sparkmto.json.HoconValue;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;
import org.sparkmto.options.OptionException;
import org.sparkmto.options.Options;
import org.sparkmto.options.Registry;

/**
 * A section of the configuration: the one place where its keys are declared, with what they mean,
 * what they can be and what they are unless they are set.
 *
 * @param name what its keys begin with
 * @param about what it is for, or empty
 * @param keys what can be set
 * @param choices what its key {@code name} chooses from, where there is one; further keys are then
 *     options of what is chosen
 * @param free whether further keys are names of people's own, such as those of tasks
 */
public record ConfigurationSection(
    String name,
    String about,
    List<Option> keys,
    Optional<Registry<? extends Documented>> choices,
    boolean free) {

  /** A section whose keys are all declared. */
  static ConfigurationSection of(String name, String about, Option... keys) {
    return new ConfigurationSection(name, about, List.of(keys), Optional.empty(), false);
  }

  /** A section whose {@code name} chooses, and whose further keys are options of what it chose. */
  static ConfigurationSection choosing(
      Registry<? extends Documented> choices, String about, Option... keys) {
    return new ConfigurationSection(
        choices.kind(), about, List.of(keys), Optional.of(choices), false);
  }

  /** Whether a key that is not declared may stand here. */
  boolean open() {
    return free || choices.isPresent();
  }

  /** The full name of a key. */
  String key(String option) {
    return name + "." + option;
  }

  /**
   * Reads the declared keys.
   *
   * @throws ConfigurationException naming the key that is missing or impossible
   */
  Options read(Config config) {
    Map<String, Object> given = new LinkedHashMap<>();
    Map<String, ConfigValue> values = checked(name, () -> config.getConfig(name).root());
    for (Option key : keys) {
      if (values.containsKey(key.name())) {
        given.put(key.name(), HoconValue.plain(values.get(key.name())));
      } else if (key.required()) {
        throw new ConfigurationException(
            "%s is not set; add it to the configuration or give --set %1$s=..."
                .formatted(key(key.name())));
      }
    }
    return checked(name, () -> Options.read(name, keys, given));
  }

  /** What stands here besides the declared keys; null takes back what an included file has set. */
  Map<String, Object> others(Config config) {
    Map<String, Object> others = new LinkedHashMap<>();
    checked(name, () -> config.getConfig(name).root())
        .forEach(
            (key, value) -> {
              boolean declared = keys.stream().anyMatch(one -> one.name().equals(key));
              if (!declared && value.valueType() != ConfigValueType.NULL) {
                others.put(key, value.unwrapped());
              }
            });
    return others;
  }

  /**
   * A value that code computes from a section.
   *
   * @throws ConfigurationException naming the section or the key, if it cannot
   */
  public static <T> T checked(String section, Supplier<T> value) {
    try {
      return value.get();
    } catch (OptionException e) {
      throw new ConfigurationException(e.atKey(section + "." + e.option()), e);
    } catch (IllegalArgumentException | ConfigException e) {
      throw new ConfigurationException(section + ": " + e.getMessage(), e);
    }
  }
}
