package org.sparkmto.configuration;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Registry;

/**
 * Options in a lower layer of the configuration, such as an included file, for a network, method,
 * optimiser or schedule that a higher layer has exchanged for another: they were right where they
 * stand, and mean nothing any more. An option that nothing in the registry has, or that stands
 * where the name stands or above it, is a mistake and stays, to be refused.
 */
final class ForeignOptions {
  private ForeignOptions() {}

  /**
   * The configuration without them.
   *
   * @param layer of what stands somewhere; higher ones override lower ones
   * @param said gets one line for each section in which something was left out
   */
  static Config removed(Config given, ToIntFunction<ConfigOrigin> layer, Consumer<String> said) {
    Config kept = given;
    for (ConfigurationSection section : ConfigurationKeys.ALL) {
      if (section.choices().isPresent() && given.hasPath(section.key(ConfigurationKeys.NAME))) {
        kept = removed(kept, section, section.choices().get(), layer, said);
      }
    }
    return kept;
  }

  private static Config removed(
      Config given,
      ConfigurationSection section,
      Registry<? extends Documented> choices,
      ToIntFunction<ConfigOrigin> layer,
      Consumer<String> said) {
    ConfigValue name = given.getValue(section.key(ConfigurationKeys.NAME));
    Optional<? extends Documented> chosen =
        choices.all().stream().filter(one -> one.name().equals(name.unwrapped())).findFirst();
    if (chosen.isEmpty()) {
      return given;
    }
    Config kept = given;
    List<String> left = new ArrayList<>();
    ConfigObject values = given.getObject(section.name());
    for (Map.Entry<String, ConfigValue> value : values.entrySet()) {
      String option = value.getKey();
      if (!has(chosen.get(), option)
          && choices.all().stream().anyMatch(other -> has(other, option))
          && layer.applyAsInt(value.getValue().origin()) < layer.applyAsInt(name.origin())) {
        kept = kept.withoutPath(ConfigUtil.joinPath(section.name(), option));
        left.add(option + " (" + value.getValue().origin().description() + ")");
      }
    }
    if (!left.isEmpty()) {
      said.accept(
          "%s %s has no option %s: left out, because %s.name was set above it"
              .formatted(
                  section.name(), chosen.get().name(), String.join(", ", left), section.name()));
    }
    return kept;
  }

  private static boolean has(Documented entry, String option) {
    return entry.options().stream().anyMatch(one -> one.name().equals(option));
  }
}
