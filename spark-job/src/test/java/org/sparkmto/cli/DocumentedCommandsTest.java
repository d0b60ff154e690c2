package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.configuration.DocumentedKeys;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.method.Methods;
import org.sparkmto.ml.MultiTaskEstimator;
import org.sparkmto.network.TaskLosses;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.optimizer.Schedules;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Registry;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.job.RawDatasets;
import picocli.CommandLine;

/**
 * What a reader may copy from a page is right: command lines are read by the parsers that will read
 * them, configurations by their readers, and files are there. Nothing is run.
 */
class DocumentedCommandsTest {
  private static final String SHELL = "";
  private static final String CONFIGURATION = "hocon";
  private static final String SETTINGS = "properties";
  private static final String CRONTAB = "crontab";

  /** Languages of which nothing is checked here, and why. */
  private static final Map<String, String> UNCHECKED =
      new TreeMap<>(
          Map.of(
              "java", "compiled and run by tests of core (JarOfYourOwnTest and others)",
              "python", "run by ModelAloneIT and PySparkIT; names of parameters are checked here",
              "scala", "names of setters are checked here, as no shell of Scala is in the build",
              "mermaid", "drawn by those who show the page",
              "json", "output",
              "text", "output"));

  /** What a command must name besides what a page is about. */
  private static final Config REST =
      ConfigFactory.parseString(
          "run.directory = RUN, data.directory = SHARDS, schedule.rate = 0.1"
              + ", retrain.directory = RETRAININGS");

  private static final CommandLine ALL = Main.commandLine();

  @TempDir private static Path folder;
  private static DocumentedCommands commands;

  /** A reader has made the files that the pages show. */
  @BeforeAll
  static void write() throws IOException {
    commands = new DocumentedCommands(folder);
    for (DocumentedBlock block : DocumentedBlock.fenced()) {
      if (!block.fileName().isEmpty()) {
        Path file = folder.resolve(block.fileName());
        assertThat(file).as("%s: two pages show one", block.place()).doesNotExist();
        Files.createDirectories(file.getParent());
        Files.writeString(file, block.text());
      }
    }
  }

  private static List<String> faults(
      Stream<DocumentedBlock> blocks, Function<DocumentedBlock, List<List<String>>> lines) {
    List<String> faults = new ArrayList<>();
    blocks.forEach(
        block -> {
          boolean ownJars = block.text().contains("SPARK_MTO_JARS=");
          for (List<String> command : lines.apply(block)) {
            commands
                .fault(command, ownJars)
                // A page may show a mistake, with what is said of it.
                .filter(fault -> !block.text().contains(fault))
                .ifPresent(
                    fault ->
                        faults.add(
                            "%s: %s: %s"
                                .formatted(block.place(), String.join(" ", command), fault)));
          }
        });
    return faults;
  }

  private static Stream<DocumentedBlock> fenced(String language) {
    return DocumentedBlock.fenced().stream().filter(block -> block.language().equals(language));
  }

  @Test
  void everyCommandOfAPageIsOneThatThereIs() {
    assertThat(faults(fenced(SHELL), block -> ShellWords.commands(block.text()))).isEmpty();
    assertThat(fenced(SHELL).count()).isGreaterThan(30);
  }

  @Test
  void everyCommandOfASchedulerIsOneThatThereIs() {
    assertThat(
            faults(
                fenced(CRONTAB),
                block ->
                    ShellWords.commands(
                        block.text().replaceFirst("(\\S+\\s+){5}", "").replace("\\%", "%"))))
        .isEmpty();
  }

  @Test
  void everyCommandInAConfigurationIsOneThatThereIs() {
    List<DocumentedBlock> headers = DocumentedBlock.headers();
    assertThat(faults(headers.stream(), block -> ShellWords.commands(block.text()))).isEmpty();
    assertThat(headers).filteredOn(block -> !block.text().isEmpty()).hasSizeGreaterThan(30);
  }

  @Test
  void everyExampleOfTheHelpIsACommandThatThereIs() {
    Stream<DocumentedBlock> examples =
        Main.subCommands().stream()
            .map(CommandLine::new)
            .map(
                line ->
                    new DocumentedBlock(
                        "help of " + line.getCommandName(),
                        SHELL,
                        Arrays.stream(line.getCommandSpec().usageMessage().footer())
                            .filter(text -> text.startsWith("  "))
                            .map(String::strip)
                            .collect(Collectors.joining("\n"))));
    assertThat(faults(examples, block -> ShellWords.commands(block.text()))).isEmpty();
  }

  @Test
  void everyConfigurationOfAPageIsReadByItsReader() throws IOException {
    List<String> faults = new ArrayList<>();
    for (DocumentedBlock block : fenced(CONFIGURATION).toList()) {
      Path file = folder.resolve(block.fileName().isEmpty() ? "part.hocon" : block.fileName());
      Files.writeString(file, block.text());
      faultOfConfiguration(file).ifPresent(fault -> faults.add(block.place() + ": " + fault));
    }
    assertThat(faults).isEmpty();
    assertThat(fenced(CONFIGURATION).count()).isGreaterThanOrEqualTo(5);
  }

  static Optional<String> faultOfConfiguration(Path file) {
    try {
      Config config = ConfigurationOptions.ofFile("--config", file);
      if (config.hasPath("tasks")) {
        ChosenDataset.of(RawDatasets.named("own"), config);
      } else {
        TrainingConfiguration.of(config.withFallback(REST));
      }
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Test
  void everySettingOfAPageIsKnownToSpark() {
    assertThat(fenced(SETTINGS).flatMap(block -> block.text().lines()))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line.split("\\s+", -1)).hasSize(2))
        .allSatisfy(
            line -> {
              String key = line.split("\\s+", -1)[0];
              assertThat(key)
                  .matches(one -> one.startsWith("spark.metrics.conf.*.") || knownToSpark(one));
            });
  }

  private static boolean knownToSpark(String key) {
    return DeployFiles.knownToSpark(key);
  }

  @Test
  void whatIsNotCheckedHasAReason() {
    Set<String> languages =
        DocumentedBlock.fenced().stream()
            .map(DocumentedBlock::language)
            .collect(Collectors.toCollection(TreeSet::new));
    languages.removeAll(Set.of(SHELL, CONFIGURATION, SETTINGS, CRONTAB));
    assertThat(languages).isEqualTo(UNCHECKED.keySet());
    Set<String> programs =
        fenced(SHELL)
            .flatMap(block -> ShellWords.commands(block.text()).stream())
            .map(words -> words.get(0))
            .collect(Collectors.toSet());
    programs.add("cd"); // of the crontab
    assertThat(programs).containsAll(DocumentedCommands.OTHERS.keySet());
  }

  @Test
  void theEstimatorHasEveryParameterThatAPageSets() {
    Set<String> known =
        Arrays.stream(new MultiTaskEstimator().params())
            .map(param -> param.name())
            .collect(Collectors.toSet());
    Set<String> set = new TreeSet<>();
    fenced("scala")
        .flatMap(block -> Pattern.compile("\\.set([A-Z]\\w*)\\(").matcher(block.text()).results())
        .forEach(
            one ->
                set.add(
                    one.group(1).substring(0, 1).toLowerCase(Locale.ROOT)
                        + one.group(1).substring(1)));
    fenced("python")
        .flatMap(
            block ->
                Pattern.compile("MultiTaskEstimator\\(([^)]*)\\)").matcher(block.text()).results())
        .flatMap(call -> Pattern.compile("(\\w+)=").matcher(call.group(1)).results())
        .forEach(one -> set.add(one.group(1)));
    assertThat(set).hasSizeGreaterThan(8).isSubsetOf(known);
  }

  /** {@code `spark-mto train --tasks one`} in a sentence: options that the sub-command has. */
  @Test
  void everyOptionInASentenceIsOneOfItsSubCommand() {
    List<String> faults = new ArrayList<>();
    for (DocumentedBlock span : DocumentedBlock.spans()) {
      List<String> words = new ArrayList<>(List.of(span.text().split(" ", -1)));
      if (words.get(0).equals("./mvnw")) {
        commands
            .fault(ShellWords.commands(span.text()).get(0))
            .ifPresent(fault -> faults.add(span.place() + ": " + fault));
        continue;
      }
      boolean named = words.get(0).equals("spark-mto") && words.size() > 1;
      if (named) {
        words.remove(0);
      }
      CommandLine command = subCommand(words);
      if (command == null) {
        if (named && !words.get(0).startsWith("--")) {
          faults.add(span.place() + ": there is no sub-command " + words.get(0));
        }
        continue;
      }
      for (String word : words) {
        String option = word.replaceAll("=.*", "");
        if (option.matches("--[a-z-]+")
            && !command.getCommandSpec().optionsMap().containsKey(option)) {
          faults.add("%s: %s has no %s".formatted(span.place(), span.text(), option));
        }
      }
    }
    assertThat(faults).isEmpty();
  }

  private static CommandLine subCommand(List<String> words) {
    CommandLine found = ALL.getSubcommands().get(words.get(0));
    if (found != null && words.size() > 1 && found.getSubcommands().containsKey(words.get(1))) {
      return found.getSubcommands().get(words.get(1));
    }
    return found;
  }

  /** {@code `training.hours = 7.5`} in a sentence: a key of a section, or an option of a choice. */
  @Test
  void everyKeyInASentenceIsOneOfTheConfiguration() {
    Config keys = ConfigFactory.parseString(DocumentedKeys.hocon());
    Map<String, Registry<? extends Documented>> choices =
        Map.of(
            "method", Methods.known(),
            "network", Architectures.known(),
            "optimizer", Optimizers.known(),
            "schedule", Schedules.known(),
            "loss", TaskLosses.known());
    Pattern key = Pattern.compile("([a-z][a-z-]*)\\.([a-z][a-z0-9-]*(\\.[a-z0-9-]+)*)( ?= ?.*)?");
    Pattern file =
        Pattern.compile(".*\\.(json|jsonl|md|csv|conf|html|png|safetensors|jar|py|java|pt)");
    List<String> faults = new ArrayList<>();
    for (DocumentedBlock span : DocumentedBlock.spans()) {
      var match = key.matcher(span.text());
      if (!match.matches() || file.matcher(span.text()).matches()) {
        continue;
      }
      String section = match.group(1);
      String name = match.group(2);
      String last = name.substring(name.lastIndexOf('.') + 1);
      boolean ofChoice =
          choices.containsKey(section)
              && choices.get(section).all().stream()
                  .flatMap(entry -> entry.options().stream())
                  .anyMatch(option -> option.name().equals(last));
      boolean known =
          keys.hasPathOrNull(section + "." + name) || REST.hasPath(section + "." + name);
      if (keys.hasPath(section) && !known && !ofChoice) {
        faults.add(span.place() + ": " + span.text());
      }
    }
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spark-mto trian --config conf/celeba.conf | 'trian'",
        "spark-mto train --confg conf/celeba.conf | '--confg'",
        "spark-mto train --config conf/celebs.conf | there is no conf/celebs.conf",
        "spark-mto train --config conf/celeba.conf --set training.epoks=3 | epoks",
        "spark-mto train --config conf/celeba.conf --set method.name=imtll | imtll",
        "spark-mto preprocess celeba --raw A --out B --set sise=3 | sise",
        "spark-mto preprocess celeb --raw A --out B | celeb",
        "spark-submit --propertis-file conf/spark-defaults.conf --class org.sparkmto.cli.Main"
            + " spark-job/target/spark-mto.jar list keys | --propertis-file",
        "spark-submit --class org.sparkmto.Main spark-job/target/spark-mto.jar list keys | main"
            + " class",
        "spark-submit --class org.sparkmto.cli.Main spark-job/target/spark-mto.jar lst keys | lst",
        "./mvnw -Pquik verify | no profile quik",
        "./mvnw -pl cor test | no module cor",
        "./mvnw verify -Dit.test=NoSuchIT | no test NoSuchIT",
        "./mvnw -Dspark-mto.no-such=1 verify | no test reads",
        "./mvnw spotles:apply | no pom has",
        "deploy/standalone/stop --apps | does not know --apps",
        "deploy/local/demon | there is no deploy/local/demon",
        "docker build -f deploy/docker/Dockerfile --target gpu . | no target gpu",
        "step time | what is step?",
      })
  void aMistakeIsFound(String line, String fault) {
    assertThat(commands.fault(ShellWords.commands(line).get(0)))
        .hasValueSatisfying(found -> assertThat(found).contains(fault));
  }

  @Test
  void wordsAreThoseOfAShell() {
    assertThat(
            ShellWords.commands("A=1 b 'c d' # e\nf \\\n  --g=\"h i\" > j 2> k && l|m $(n o)p;q"))
        .containsExactly(
            List.of("A=1", "b", "c d"),
            List.of("f", "--g=h i"),
            List.of("l"),
            List.of("m", "$(n o)p"),
            List.of("q"));
    assertThat(ShellWords.commands("$ a \\\n  b\nsaid\n$ c"))
        .containsExactly(List.of("a", "b"), List.of("c"));
  }
}
