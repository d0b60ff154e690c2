package org.sparkmto.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Option;

/** A HOCON file with single keys set on top. */
final class ConfigurationOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "HOCON file with the settings; conf/ has one for every use.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting on top of the file, for example method.name=imtl. Repeatable.")
  private List<String> settings = new ArrayList<>();

  /** File and settings together, the settings first. */
  Config config() {
    Config config = ConfigFactory.empty();
    if (file != null) {
      if (!Files.isRegularFile(file)) {
        throw new ConfigurationException("--config " + file + ": there is no such file");
      }
      config =
          ConfigFactory.parseFile(
              file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    }
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new ConfigurationException("--set " + setting + ": write it as key=value");
      }
      config = parse(setting, equals).withFallback(config);
    }
    return config.resolve();
  }

  /** As HOCON; a value that HOCON cannot read, such as a path or URL, is taken as text. */
  private static Config parse(String setting, int equals) {
    String key = setting.substring(0, equals).strip();
    String value = setting.substring(equals + 1).strip();
    if (value.matches("[^\"\\[{]*(//|#).*") && !key.contains("{")) {
      // HOCON would take the rest for a comment and cut the path off.
      return ConfigFactory.parseMap(java.util.Map.of(key, value), "--set");
    }
    try {
      return ConfigFactory.parseString(key + " = " + value);
    } catch (ConfigException e) {
      return ConfigFactory.parseMap(java.util.Map.of(key, value), "--set");
    }
  }
}
