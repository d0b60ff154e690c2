package org.sparkmto.preprocessing;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.sparkmto.naming.Nearest;

/**
 * What a user chose of a data set's options, with the usual values for the rest. Every question
 * names an option that the data set has declared; an answer that is not possible is a {@link
 * PreprocessingException} that names the key, the value and what is possible.
 */
public final class DatasetOptions {
  private final Config config;
  private final Map<String, DatasetOption> known = new TreeMap<>();

  private DatasetOptions(Config config, List<DatasetOption> options) {
    this.config = config;
    options.forEach(option -> known.put(option.name(), option));
  }

  /**
   * The options of a data set.
   *
   * @param config the user's keys, at its root
   * @param options what the data set declares
   * @throws PreprocessingException if a key is not declared
   */
  public static DatasetOptions of(Config config, List<DatasetOption> options) {
    DatasetOptions chosen = new DatasetOptions(config, options);
    for (String key : config.root().keySet()) {
      if (!chosen.known.containsKey(key)) {
        throw PreprocessingException.wrongUsage(
            "this data set has no option '"
                + key
                + "'"
                + Nearest.hint(key, chosen.known.keySet())
                + " It has "
                + chosen.known.keySet());
      }
    }
    return chosen;
  }

  /** The usual values of all options. */
  public static DatasetOptions usual(List<DatasetOption> options) {
    return of(ConfigFactory.empty(), options);
  }

  /** A text, or empty where the option has no usual value and is not given. */
  public String text(String name) {
    String usual = option(name).usual();
    try {
      return config.hasPath(name) ? config.getString(name) : usual;
    } catch (ConfigException e) {
      throw wrong(name, "a text");
    }
  }

  /** Yes or no: {@code true} or {@code false}. */
  public boolean flag(String name) {
    return switch (text(name)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(name, "true or false");
    };
  }

  /** A whole number. */
  public int integer(String name, int least, int most) {
    double value = number(name, least, most);
    if (value != Math.rint(value)) {
      throw wrong(name, "a whole number");
    }
    return (int) value;
  }

  /** A real number between two bounds, which are possible themselves. */
  public double number(String name, double least, double most) {
    String range = "a number from " + plain(least) + " to " + plain(most);
    try {
      double value = Double.parseDouble(text(name));
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrong(name, range);
    }
    throw wrong(name, range);
  }

  /** An image size, {@code 128x256} or {@code 64}. */
  public ImageSize size(String name) {
    try {
      return ImageSize.parse(text(name));
    } catch (PreprocessingException e) {
      throw wrong(name, "HEIGHTxWIDTH, such as 128x256, or one number");
    }
  }

  /** An image size, if the option has a value. */
  public Optional<ImageSize> sizeIfGiven(String name) {
    return text(name).isEmpty() ? Optional.empty() : Optional.of(size(name));
  }

  /** One of the constants of an enum, written {@code like-this}. */
  public <E extends Enum<E>> E choice(String name, Class<E> type) {
    String value = text(name);
    E[] constants = type.getEnumConstants();
    for (E constant : constants) {
      if (label(constant).equals(value)) {
        return constant;
      }
    }
    throw wrong(
        name,
        "one of "
            + Arrays.stream(constants)
                .map(DatasetOptions::label)
                .collect(Collectors.joining(", ")));
  }

  /** What the user wrote under an option that has keys or a list below it, if anything. */
  public Optional<ConfigValue> structure(String name) {
    option(name);
    return config.hasPath(name) ? Optional.of(config.getValue(name)) : Optional.empty();
  }

  /** All options as resolved, for the manifest. */
  public Map<String, String> resolved() {
    Map<String, String> values = new TreeMap<>();
    known
        .values()
        .forEach(
            option ->
                values.put(
                    option.name(),
                    config.hasPath(option.name())
                        ? rendered(config.getValue(option.name()))
                        : option.usual()));
    return values;
  }

  /** How a constant is written in a configuration: {@code mtan-inverse-depth}. */
  public static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String rendered(ConfigValue value) {
    return switch (value.valueType()) {
      case STRING -> value.unwrapped().toString();
      default -> value.render(ConfigRenderOptions.concise());
    };
  }

  private DatasetOption option(String name) {
    DatasetOption option = known.get(name);
    if (option == null) {
      throw new IllegalArgumentException("option '" + name + "' is not declared");
    }
    return option;
  }

  private PreprocessingException wrong(String name, String possible) {
    String value = config.hasPath(name) ? rendered(config.getValue(name)) : known.get(name).usual();
    return PreprocessingException.wrongUsage(
        "option " + name + " is '" + value + "', not " + possible);
  }

  private static String plain(double bound) {
    return bound == Math.rint(bound) && Math.abs(bound) < 1e15
        ? Long.toString((long) bound)
        : Double.toString(bound);
  }
}
