package org.sparkmto.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.json.ListCommas;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Option;

/** A HOCON file with single keys set on top. */
final class ConfigurationOptions {
  private static final String SET = "--set ";
  private static final Pattern SETTING = Pattern.compile(SET + "(\\d+)");

  private final IncludedFiles included = new IncludedFiles();

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

  /**
   * The configuration of a run: settings above the file, and the file above those that it includes.
   *
   * @param said gets a line about options that were left out, because they belong to something that
   *     a higher layer has exchanged for another
   */
  Config ofRun(Consumer<String> said) {
    return TrainingConfiguration.withoutForeignOptions(config(), this::layer, said);
  }

  private int layer(ConfigOrigin origin) {
    Matcher setting = SETTING.matcher(origin.description());
    if (setting.lookingAt()) {
      return Integer.parseInt(setting.group(1));
    }
    return -included.depth(origin.filename());
  }

  /** File and settings together, the settings first. */
  Config config() {
    return set(file == null ? ConfigFactory.empty() : read("--config", file, included), settings);
  }

  /**
   * A file that is the subject of a command, and settings above it.
   *
   * @throws ConfigurationException if there is no such file, or a setting is not of the form
   */
  static Config ofFile(Path file, List<String> settings) {
    return set(read("", file, new IncludedFiles()), settings);
  }

  private static Config set(Config below, List<String> settings) {
    Config config = below;
    int number = 0;
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new ConfigurationException("--set " + setting + ": write it as key=value");
      }
      config = parse(setting, equals, SET + ++number).withFallback(config);
    }
    return config.resolve();
  }

  /**
   * A file of settings that is named by another option than {@code --config}.
   *
   * @throws ConfigurationException if there is no such file
   */
  static Config ofFile(String option, Path file) {
    return read(option, file, new IncludedFiles()).resolve();
  }

  private static Config read(String option, Path file, IncludedFiles included) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException((option + " " + file).strip() + ": there is no such file");
    }
    refuseMissingComma(file);
    return ConfigFactory.parseFile(
        file.toAbsolutePath().toFile(), // what it includes lies beside it
        ConfigParseOptions.defaults().setAllowMissing(false).prependIncluder(included));
  }

  private static void refuseMissingComma(Path file) {
    try {
      ListCommas.require(Files.readString(file), file.toString());
    } catch (IOException e) { // whoever reads the file as HOCON says what is wrong with it
      return;
    }
  }

  /** As HOCON; a value that HOCON cannot read, such as a path or URL, is taken as text. */
  private static Config parse(String setting, int equals, String origin) {
    String key = setting.substring(0, equals).strip();
    String value = setting.substring(equals + 1).strip();
    if (value.matches("[^\"\\[{]*(//|#).*") && !key.contains("{")) {
      // HOCON would take the rest for a comment and cut the path off.
      return ConfigFactory.parseMap(Map.of(key, value), origin);
    }
    if (value.startsWith("[")) {
      ListCommas.require(value, "--set " + key);
    }
    try {
      return ConfigFactory.parseString(
          key + " = " + value, ConfigParseOptions.defaults().setOriginDescription(origin));
    } catch (ConfigException e) {
      return ConfigFactory.parseMap(Map.of(key, value), origin);
    }
  }
}
