package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.internal.config.Deploy$;
import org.apache.spark.internal.config.Network$;
import org.apache.spark.internal.config.Status$;
import org.apache.spark.internal.config.UI$;
import org.apache.spark.internal.config.Worker$;
import org.apache.spark.internal.config.package$;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import picocli.CommandLine;

/** The files of deploy/, and what they say to this program and to Spark. */
final class DeployFiles {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  static final Path DEPLOY = ROOT.resolve("deploy");

  /** Where the image has the configurations. */
  static final String CONF_OF_IMAGE = "/opt/spark-mto/conf/";

  /** Keys that Spark makes of a name, and those of modules that are not here (Kubernetes). */
  private static final List<String> PREFIXES =
      List.of(
          "spark.executorEnv.",
          "spark.hadoop.fs.s3a.",
          "spark.metrics.conf.",
          "spark.kubernetes.driver.label.",
          "spark.kubernetes.executor.label.",
          "spark.kubernetes.driver.secrets.",
          "spark.kubernetes.executor.secrets.",
          "spark.kubernetes.driver.secretKeyRef.",
          "spark.kubernetes.executor.secretKeyRef.");

  private static final List<String> ELSEWHERE =
      List.of(
          "spark.master",
          "spark.kubernetes.namespace",
          "spark.kubernetes.container.image",
          "spark.kubernetes.container.image.pullPolicy",
          "spark.kubernetes.authenticate.driver.serviceAccountName",
          "spark.kubernetes.allocation.batch.size",
          "spark.kubernetes.appKillPodDeletionGracePeriod",
          "spark.worker.resource.gpu.amount",
          "spark.worker.resource.gpu.discoveryScript",
          "spark.executor.resource.gpu.amount",
          "spark.executor.resource.gpu.vendor",
          "spark.executor.resource.gpu.discoveryScript",
          "spark.task.resource.gpu.amount");

  static {
    // Entries are known to Spark once the objects that hold them are.
    List<Object> holders =
        List.of(
            package$.MODULE$,
            Deploy$.MODULE$,
            Network$.MODULE$,
            Status$.MODULE$,
            UI$.MODULE$,
            Worker$.MODULE$);
    assertThat(holders).doesNotContainNull();
  }

  private DeployFiles() {}

  /** The documents of a YAML file; a key that stands twice is an error. */
  static List<Map<String, Object>> yaml(Path file) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    List<Map<String, Object>> documents = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(options)).loadAll(text(file))) {
      documents.add(map(document));
    }
    return documents;
  }

  @SuppressWarnings("unchecked") // YAML of the kinds here has no other keys than text
  static Map<String, Object> map(Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<String, Object>) value;
  }

  static List<?> list(Object value) {
    assertThat(value).isInstanceOf(List.class);
    return (List<?>) value;
  }

  /** What lies at a path such as {@code spec.driver.memory}. */
  static Object at(Map<String, Object> tree, String path) {
    Object value = tree;
    for (String key : path.split("\\.", -1)) {
      value = map(value).get(key);
    }
    return value;
  }

  /** Keys and values of a file of Spark settings, without its comments. */
  static Map<String, String> settings(Path file) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String line : text(file).lines().map(String::strip).toList()) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        String[] words = line.split("\\s+", 2);
        assertThat(words).as("%s: %s", file, line).hasSize(2);
        assertThat(settings.put(words[0], words[1])).as("%s: %s twice", file, line).isNull();
      }
    }
    return settings;
  }

  static boolean knownToSpark(String key) {
    return ELSEWHERE.contains(key)
        || PREFIXES.stream().anyMatch(key::startsWith)
        || ConfigEntry.findEntry(key) != null;
  }

  /**
   * Asserts that arguments are a command line of this program whose configuration has no unknown
   * key.
   *
   * @param arguments with the files of the image
   */
  static void assertCommand(List<String> arguments) throws Exception {
    List<String> here = arguments.stream().map(DeployFiles::ofThisMachine).toList();
    SubCommand command =
        Main.subCommands().stream()
            .filter(known -> new CommandLine(known).getCommandName().equals(here.get(0)))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no sub-command " + here));
    new CommandLine(command)
        .setUnmatchedOptionsAllowedAsOptionParameters(false)
        .parseArgs(here.subList(1, here.size()).toArray(String[]::new));
    if (command instanceof TrainCommand || command instanceof RetrainCommand) {
      assertThat(command.prepare()).isNotNull();
    }
  }

  private static String ofThisMachine(String argument) {
    return argument.replace(CONF_OF_IMAGE, ROOT.resolve("conf") + "/");
  }

  static List<Path> files(String folder, String suffix) {
    return filesOf(DEPLOY.resolve(folder), suffix);
  }

  static List<Path> filesOf(Path folder, String suffix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
