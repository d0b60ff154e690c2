package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ConfigurationOptionsTest {
  @Command
  private static final class Options {
    @Mixin private ConfigurationOptions settings;
  }

  private static Config config(String... arguments) {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments);
    return options.settings.config();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "runs/imtl",
        "/data/runs/imtl-1",
        "/data//runs",
        "/data/run#1",
        "file:///data/run",
        "s3a://bucket/runs/a b",
        "hdfs://name-node:8020/runs?x=1&y=[2]",
        "C:\\runs",
        "a run: 50% #1",
        "ünïcode, {braces} and \"quotes\"",
        "~/runs",
        "$HOME/runs",
        "run=1"
      })
  void aPathOrAddressIsTakenAsItIs(String value) {
    assertThat(config("--set", "run.directory=" + value).getString("run.directory"))
        .isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.b=5             | a.b=5",
        "a.b = 1e-3        | a.b=0.001",
        "a.b=[1, 2]        | a.b=[1,2]",
        "a.b=[x, \"y z\"]  | a.b=[x,y z]",
        "a.b=\"\"          | a.b=",
        "a.b=true          | a.b=true",
      })
  void numbersAndListsAreThoseOfHocon(String setting, String expected) {
    Object value = config("--set", setting).getValue("a.b").unwrapped();
    String text = value instanceof List<?> list ? list.toString().replace(", ", ",") : value + "";
    assertThat("a.b=" + text).isEqualTo(expected == null ? "a.b=" : expected);
  }

  @Test
  void aSectionMayBeSetAtOnceAndTheLastSettingWins(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.conf"), "a { x = 1, y = 2, z = 3 }");
    Config config =
        config("--config", file.toString(), "--set", "a { y = 20, z = 30 }", "--set", "a.z=300");
    assertThat(config.getInt("a.x")).isEqualTo(1);
    assertThat(config.getInt("a.y")).isEqualTo(20);
    assertThat(config.getInt("a.z")).isEqualTo(300);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.b", "=5", ""})
  void aSettingWithoutKeyOrValueIsRefused(String setting) {
    assertThatThrownBy(() -> config("--set", setting))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("write it as key=value");
  }

  /** An option stands below a name that the including file or a setting has exchanged. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "optimizer.name = sgd      |                        | 1",
        "                          | optimizer.name = sgd   | 1",
        "optimizer.beta1 = 0.3     | optimizer.name = sgd   | 1",
        "optimizer.momentum = 0.3  |                        | 0",
        "optimizer.name = adamw    |                        | 0",
      })
  void optionsOfWhatAHigherLayerHasExchangedAreLeftOut(
      String top, String set, int lines, @TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("low.conf"), "optimizer { name = adam, beta1 = 0.5 }");
    Files.writeString(folder.resolve("middle.conf"), "include \"low.conf\"\nrun.seed = 3");
    Path file = folder.resolve("top.conf");
    Files.writeString(file, "include \"middle.conf\"\n" + (top == null ? "" : top));
    Options options = new Options();
    List<String> arguments = new ArrayList<>(List.of("--config", file.toString()));
    if (set != null) {
      arguments.addAll(List.of("--set", set));
    }
    new CommandLine(options).parseArgs(arguments.toArray(String[]::new));
    List<String> said = new ArrayList<>();
    Config config = options.settings.ofRun(said::add);
    assertThat(config.getLong("run.seed")).isEqualTo(3);
    assertThat(said).hasSize(lines);
    assertThat(config.hasPath("optimizer.beta1")).isEqualTo(lines == 0);
  }

  /** Each registry, in a file that another file includes; what is the section's own stays. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network   | resnet18 | name = small-conv, features = 8, width = 4, dropout = 0.1 |"
            + " features | width, dropout",
        "method    | ew       | name = imtl-g, rcond = 1e-9, level = parameters | rcond, level |",
        "optimizer | sgd      | name = adam, beta1 = 0.5, weight-decay = 0.1 | beta1 |"
            + " weight-decay",
        "schedule  | constant | name = step-decay, every-steps = 5, rate = 0.2 | every-steps |"
            + " rate",
      })
  void anOverriddenNameNeedsNothingElseWhateverAnIncludedFileSets(
      String section,
      String name,
      String included,
      String leftOut,
      String kept,
      @TempDir Path folder)
      throws IOException {
    Files.writeString(folder.resolve("low.conf"), section + " { " + included + " }");
    Path file = Files.writeString(folder.resolve("top.conf"), "include \"low.conf\"");
    Options options = new Options();
    new CommandLine(options)
        .parseArgs("--config", file.toString(), "--set", section + ".name=" + name);
    List<String> said = new ArrayList<>();
    Config config =
        options
            .settings
            .ofRun(said::add)
            .withFallback(ConfigFactory.parseString("run.directory = r, data.directory = d"));
    for (String option : leftOut.split(", ", -1)) {
      assertThat(config.hasPath(section + "." + option)).as(option).isFalse();
      assertThat(said).singleElement().asString().contains(section + " " + name, option);
    }
    if (kept != null) {
      for (String option : kept.split(", ", -1)) {
        assertThat(config.hasPath(section + "." + option)).as(option).isTrue();
      }
    }
    assertThat(TrainingConfiguration.of(config).render()).contains("name=" + name);
  }

  @Test
  void sectionsOfAListWithoutACommaAreRefusedBeforeHoconMergesThem(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("c.conf"), "a = 1\ntasks = [{ b = 1 } { c = 2 }]");
    assertThatThrownBy(() -> config("--config", file.toString()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("c.conf: in line 2")
        .hasMessageContaining("write a comma");
    assertThatThrownBy(() -> config("--set", "tasks=[{ b = 1 } { c = 2 }]"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--set tasks");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include url(\"http://127.0.0.1:1/a.conf\")",
        "include \"http://127.0.0.1:1/a.conf\"",
        "include required(url(\"file:///etc/hostname\"))"
      })
  void addressesAreNotIncluded(String line, @TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("c.conf"), line + "\na = 1");
    assertThatThrownBy(() -> config("--config", file.toString()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("addresses are not read");
  }

  @Test
  void aFileOfTheWorkingDirectoryIncludesWhatLiesBesideIt() throws IOException {
    Path below = Files.writeString(Path.of("included-by-a-test.conf"), "run.seed = 7");
    Path file = Files.writeString(Path.of("of-a-test.conf"), "include \"" + below + "\"");
    try {
      assertThat(config("--config", file.toString()).getInt("run.seed")).isEqualTo(7);
    } finally {
      Files.delete(below);
      Files.delete(file);
    }
  }

  /** HOCON would go on without it, and another network be trained than the one that it names. */
  @Test
  void anIncludedFileThatIsNotThereIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("c.conf"), "include \"no-such.conf\"\na = 1");
    assertThatThrownBy(() -> config("--config", file.toString()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("include of no-such.conf: there is no such file");
  }
}
