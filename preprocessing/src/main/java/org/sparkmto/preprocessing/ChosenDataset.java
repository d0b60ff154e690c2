package org.sparkmto.preprocessing;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkmto.json.HoconValue;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

/**
 * A raw data set as a user chose it.
 *
 * @param dataset made of the options
 * @param options all of them as resolved, for the manifest: as the user wrote them, the usual
 *     value, or empty where an option has none and was not given
 */
public record ChosenDataset(RawDataset dataset, SortedMap<String, String> options) {
  public ChosenDataset {
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  /**
   * Reads the options of a data set.
   *
   * @param config the user's keys, at its root; a key without a value counts as not given
   * @throws PreprocessingException if an option is unknown (the message names the nearest known
   *     one), missing or impossible, or options contradict each other
   */
  public static ChosenDataset of(Entry<RawDataset> entry, Config config) {
    try {
      Map<String, Object> given = new TreeMap<>();
      SortedMap<String, String> resolved = new TreeMap<>();
      for (Option option : entry.options()) {
        resolved.put(option.name(), option.usualText());
      }
      for (Map.Entry<String, ConfigValue> key : config.root().entrySet()) {
        boolean absent = key.getValue().valueType() == ConfigValueType.NULL;
        if (!absent || !resolved.containsKey(key.getKey())) { // unknown ones are refused below
          given.put(key.getKey(), HoconValue.plain(key.getValue()));
          resolved.put(key.getKey(), rendered(key.getValue()));
        }
      }
      return new ChosenDataset(entry.make(given), resolved);
    } catch (ConfigException e) {
      throw PreprocessingException.wrongUsage(
          "the configuration is not complete: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw PreprocessingException.wrongUsage(e.getMessage());
    }
  }

  private static String rendered(ConfigValue value) {
    return value.valueType() == ConfigValueType.STRING
        ? value.unwrapped().toString()
        : spelled(value).render(ConfigRenderOptions.concise());
  }

  /** A value whose lists and keys say in quotes what would be another name without them: 007. */
  private static ConfigValue spelled(ConfigValue value) {
    return switch (value.valueType()) {
      case LIST ->
          ConfigValueFactory.fromIterable(
              ((ConfigList) value).stream().map(one -> quoted(one)).toList());
      case OBJECT -> {
        Map<String, ConfigValue> keys = new TreeMap<>();
        ((ConfigObject) value).forEach((key, one) -> keys.put(key, quoted(one)));
        yield ConfigValueFactory.fromMap(keys);
      }
      default -> value;
    };
  }

  private static ConfigValue quoted(ConfigValue value) {
    Object plain = HoconValue.plain(value);
    return value.valueType() == ConfigValueType.NUMBER && !value.render().equals(plain)
        ? ConfigValueFactory.fromAnyRef(plain)
        : spelled(value);
  }
}
