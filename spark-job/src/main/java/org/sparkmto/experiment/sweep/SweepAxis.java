package org.sparkmto.experiment.sweep;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkmto.experiment.NamedOptions;
import org.sparkmto.options.ConfigurationException;

/**
 * What the runs of a sweep differ in, besides their seed. Each value of an axis is a name for
 * people and folders, and what it sets in a configuration.
 */
enum SweepAxis {
  /** {@code network}: names with options. */
  NETWORK("network", "networks") {
    @Override
    List<Choice> read(ConfigValue given) {
      return named("network", given);
    }
  },
  /** Anything, under names of one's own: loss weights, frozen parts, preferences. */
  VARIANT("variant", "variants") {
    @Override
    List<Choice> read(ConfigValue given) {
      if (!(given instanceof ConfigObject object)) {
        throw wrong(given, "write it as variants { NAME { KEY = VALUE } }");
      }
      List<Choice> choices = new ArrayList<>();
      for (Map.Entry<String, ConfigValue> variant : new TreeMap<>(object).entrySet()) {
        if (!(variant.getValue() instanceof ConfigObject settings)) {
          throw wrong(given, "'" + variant.getKey() + "' has no settings in braces");
        }
        choices.add(new Choice(variant.getKey(), overriding(settings)));
      }
      return choices;
    }
  },
  /** {@code method}: names with options. */
  METHOD("method", "methods") {
    @Override
    List<Choice> read(ConfigValue given) {
      return named("method", given);
    }
  },
  /**
   * How much each task matters, to methods that can be told: lists of one number per task, for the
   * option {@code preferences} of the method, or {@code weights}.
   */
  PREFERENCE("preference", "preferences") {
    @Override
    List<Choice> read(ConfigValue given) {
      List<Choice> choices = new ArrayList<>();
      for (ConfigValue value : list(given)) {
        if (!(value.unwrapped() instanceof List<?> vector) || vector.isEmpty()) {
          throw wrong(value, "a preference is a list of one number per task, such as [0.2, 0.8]");
        }
        List<String> names = new ArrayList<>();
        for (Object number : vector) {
          if (!(number instanceof Number one)) {
            throw wrong(value, "'" + number + "' is not a number");
          }
          names.add(plain(one));
        }
        choices.add(new Choice(String.join(":", names), at(PREFERENCES, vector)));
      }
      return choices;
    }
  },
  /** {@code optimizer}: names with options. */
  OPTIMIZER("optimizer", "optimizers") {
    @Override
    List<Choice> read(ConfigValue given) {
      return named("optimizer", given);
    }
  },
  /** {@code schedule.rate}: numbers. */
  RATE("rate", "rates") {
    @Override
    List<Choice> read(ConfigValue given) {
      return numbers("schedule.rate", given);
    }
  },
  /** {@code optimizer.weight-decay}: numbers. */
  WEIGHT_DECAY("weight-decay", "weight-decays") {
    @Override
    List<Choice> read(ConfigValue given) {
      return numbers("optimizer.weight-decay", given);
    }
  };

  /** Where a preference stands until it is known what option of the method it is. */
  static final String PREFERENCES = "sweep-preferences";

  /** What marks settings of an axis, which override those of the file. */
  static final String ORIGIN = "sweep axis";

  private static final int LONGEST_NUMBER = 10;

  private final String label;
  private final String key;

  SweepAxis(String label, String key) {
    this.label = label;
    this.key = key;
  }

  /**
   * A value of an axis.
   *
   * @param name unique on the axis
   * @param settings what it sets
   */
  record Choice(String name, Config settings) {}

  /**
   * Reads the values of this axis.
   *
   * @throws ConfigurationException if they are not of its form
   */
  abstract List<Choice> read(ConfigValue given);

  /** What one of its values is called: {@code method}. */
  String label() {
    return label;
  }

  /** The key below {@code sweep} that has its values: {@code methods}. */
  String key() {
    return key;
  }

  ConfigurationException wrong(ConfigValue given, String what) {
    return new ConfigurationException(
        "sweep.%s (%s): %s".formatted(key, given.origin().description(), what));
  }

  ConfigList list(ConfigValue given) {
    if (!(given instanceof ConfigList list)) {
      throw wrong(given, "is not a list");
    }
    return list;
  }

  /** Names with options, as the command line spells them, or objects with a name in them. */
  List<Choice> named(String section, ConfigValue given) {
    List<Choice> choices = new ArrayList<>();
    for (ConfigValue value : list(given)) {
      NamedOptions named;
      try {
        named = named(value);
      } catch (IllegalArgumentException | ConfigException e) {
        throw wrong(value, e.getMessage());
      }
      Map<String, Object> settings = new LinkedHashMap<>(named.options());
      settings.put("name", named.name());
      choices.add(new Choice(named.toString(), at(section, settings)));
    }
    return choices;
  }

  private static NamedOptions named(ConfigValue value) {
    if (value instanceof ConfigObject object) {
      Map<String, Object> options = new TreeMap<>(object.unwrapped());
      Object name = options.remove("name");
      if (!(name instanceof String text)) {
        throw new IllegalArgumentException("an object here has a name");
      }
      return new NamedOptions(text, options);
    }
    return NamedOptions.of(String.valueOf(value.unwrapped()));
  }

  List<Choice> numbers(String path, ConfigValue given) {
    List<Choice> choices = new ArrayList<>();
    for (ConfigValue value : list(given)) {
      if (!(value.unwrapped() instanceof Number number)) {
        throw wrong(value, "'" + value.unwrapped() + "' is not a number");
      }
      choices.add(new Choice(plain(number), at(path, number)));
    }
    return choices;
  }

  /** The same settings, which say that an axis sets them. */
  private static Config overriding(ConfigObject settings) {
    return ConfigFactory.empty()
        .withFallback(ConfigValueFactory.fromMap(settings.unwrapped(), ORIGIN));
  }

  /** As people write it: 0.0003 and not 3.0E-4. */
  private static String plain(Number number) {
    String plain = new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
    return plain.length() > LONGEST_NUMBER ? number.toString() : plain;
  }

  private static Config at(String path, Object value) {
    return ConfigFactory.empty().withValue(path, ConfigValueFactory.fromAnyRef(value, ORIGIN));
  }
}
