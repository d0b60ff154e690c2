package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.DataContractException;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(
        List.of(new Bake()), new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  @Test
  void aSubCommandThatIsDoneSaysNothingOnStderr() {
    assertThat(run("bake", "--degrees", "200")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bakk                   | spark-mto: Unmatched argument at index 0: 'bakk'; did you mean"
            + " 'bake'? See 'spark-mto --help'.",
        "bakk --help            | spark-mto: Unmatched argument at index 0: 'bakk'; did you mean"
            + " 'bake'? See 'spark-mto --help'.",
        "bake --degrese 200     | spark-mto bake: Unknown options: '--degrese', '200'; did you mean"
            + " '--degrees'? See 'spark-mto bake --help'.",
        "bake                   | spark-mto bake: Missing required option: '--degrees=N'. See"
            + " 'spark-mto bake --help'.",
        "bake --degrees hot     | spark-mto bake: Invalid value for option '--degrees': 'hot' is"
            + " not an int. See 'spark-mto bake --help'.",
        "bake --degrees 900     | spark-mto bake: --degrees 900: an oven reaches 300",
        "bake --degrees 1 --how setting  | spark-mto bake: String: 1: No configuration setting"
            + " found for key 'oven'",
        "bake --degrees 1 --how refuse   | spark-mto bake: two slots are wanted, one is there",
        "bake --degrees 1 --how data     | spark-mto bake: no manifest in /flour; run preprocess",
      })
  void wrongUsageAndConfigurationAreOneLineAndExitCodeTwo(String line, String message) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).isEqualToIgnoringNewLines(message);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(out.toString()).isEmpty();
  }

  /** The list of sub-commands shows the first line of each description. */
  @Test
  void everySubCommandIsSummarisedInOneSentence() {
    for (SubCommand command : Main.subCommands()) {
      String[] description = new CommandLine(command).getCommandSpec().usageMessage().description();
      assertThat(description[0].split("%n", 2)[0])
          .as(command.getClass().getSimpleName())
          .endsWith(".")
          .hasSizeLessThan(100);
      assertThat(new CommandLine(command).getUsageMessage()).doesNotContain("][");
    }
  }

  @Test
  void noSubCommandIsWrongUsage() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo("spark-mto: Missing sub-command. See 'spark-mto --help'.\n");
  }

  @Test
  void aFailureTellsItsCausesAndExitsWithOne() {
    assertThat(run("bake", "--degrees", "1", "--how", "fail")).isEqualTo(1);
    assertThat(err.toString().lines())
        .startsWith(
            "spark-mto bake failed: IllegalArgumentException: the dough fell",
            "  caused by IOException: the table broke under it")
        .hasSize(3)
        .last()
        .asString()
        .contains("log");
  }

  @Test
  void anErrorOfTheVirtualMachineIsAFailureToo() {
    assertThat(run("bake", "--degrees", "1", "--how", "link")).isEqualTo(1);
    assertThat(err.toString()).startsWith("spark-mto failed: UnsatisfiedLinkError: no oven\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bake --verbose --degrees 900", "bake --degrees 900 -v", "-v bake --degrees 900"})
  void onlyVerbosePrintsTheStackTrace(String line) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains("\tat org.sparkmto.cli.MainTest$Bake.prepare");
  }

  @Test
  void versionNamesTheBuildAndItsLibraries() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).containsPattern("(?s)spark-mto [0-9].*Spark 4.*libtorch 2.*Java ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bake --help", "bake -h", "help bake"})
  void helpOfASubCommandShowsItsOptionsAndItsExample(String line) {
    assertThat(run(line.split(" "))).isZero();
    assertThat(out.toString())
        .contains("Usage: spark-mto bake", "--degrees", "--master", "--verbose", "--help")
        .contains("spark-mto bake --degrees 200");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void everySubCommandOfTheApplicationHasAnExampleInItsHelp() {
    assertThat(Main.subCommands())
        .allSatisfy(
            subCommand -> {
              CommandLine commandLine = new CommandLine(subCommand);
              assertThat(String.join("\n", commandLine.getCommandSpec().usageMessage().footer()))
                  .contains("spark-mto " + commandLine.getCommandName() + " ");
            });
  }

  @Command(
      name = "bake",
      description = "Bakes.",
      footer = {"", "Example:", "  spark-mto bake --degrees 200"})
  private static final class Bake extends SubCommand {
    @Mixin private SparkOptions spark;

    @Option(names = "--degrees", required = true, paramLabel = "N", description = "How hot.")
    private int degrees;

    @Option(names = "--how", defaultValue = "well", description = "How it ends.")
    private String how;

    @Override
    Work prepare() {
      if (degrees > 300) {
        throw new IllegalArgumentException("--degrees " + degrees + ": an oven reaches 300");
      }
      if (how.equals("setting")) {
        ConfigFactory.parseString("a = 1").getInt("oven");
      }
      return this::bake;
    }

    private void bake() {
      switch (how) {
        case "well" ->
            assertThat(spark.conf(new SparkConf(false)).get("spark.master")).startsWith("local");
        case "refuse" -> throw new ConfigurationException("two slots are wanted,\n  one is there");
        case "data" -> throw new DataContractException("no manifest in /flour; run preprocess");
        case "link" -> throw new UnsatisfiedLinkError("no oven");
        default ->
            throw new IllegalArgumentException(
                "the dough fell", new IOException("the table broke\nunder it"));
      }
    }
  }
}
