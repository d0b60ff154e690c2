package org.sparkmto.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.job.RawDatasets;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Says what is wrong with a command that a page shows, as far as that can be known without running
 * it: command lines of this program go through its own parser, and read their configuration.
 */
final class DocumentedCommands {
  private static final Path ROOT = DeployFiles.ROOT;

  /** What runs this program with the words that follow. */
  private static final List<String> LAUNCHERS =
      List.of(
          "spark-mto",
          "deploy/local/spark-mto",
          "deploy/standalone/submit",
          "deploy/kubernetes/submit");

  /** Where files of this repository lie, but for those that a build makes. */
  private static final String OURS =
      "(conf|deploy|docs|notebooks|core|preprocessing|spark-job)/(?!(.*/)?target/).*";

  private static final String MADE = "spark-job/target/spark-mto.jar";

  /** Programs of others, and why nothing is said of them. */
  static final Map<String, String> OTHERS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("cp", "a command of the system"),
              Map.entry("mkdir", "a command of the system"),
              Map.entry("echo", "a command of the system"),
              Map.entry("cd", "a command of the system"),
              Map.entry("tail", "a command of the system"),
              Map.entry(
                  "javac", "JarOfYourOwnTest compiles the page's class with the compiler itself"),
              Map.entry("jar", "JarOfYourOwnTest makes the same jar"),
              Map.entry("tensorboard", "a program of others"),
              Map.entry("prometheus", "a program of others"),
              Map.entry("python", "a program of others; tests run the programs that pages show")));

  private final Path folder;
  private final CommandLine root = Main.commandLine();

  /**
   * Checks commands whose own files were copied from pages.
   *
   * @param folder in which these files are
   */
  DocumentedCommands(Path folder) {
    this.folder = folder;
  }

  /** What is wrong with a command; nothing if that is nothing, or cannot be known. */
  Optional<String> fault(List<String> command) {
    return fault(command, false);
  }

  /**
   * The same.
   *
   * @param ownJars whether jars of the reader's own are there, of which nothing is known here
   */
  Optional<String> fault(List<String> command, boolean ownJars) {
    List<String> words = new ArrayList<>(command);
    words.remove("...");
    words.removeIf(word -> word.matches("[A-Z_]+=.*"));
    if (words.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> missing =
        words.stream()
            .filter(word -> word.matches(OURS) && !Files.exists(ROOT.resolve(located(word))))
            .findFirst();
    if (missing.isPresent()) {
      return missing.map(file -> "there is no " + file);
    }
    String program = words.get(0);
    List<String> arguments = words.subList(1, words.size());
    if (LAUNCHERS.contains(program)) {
      return ofThisProgram(arguments, ownJars);
    }
    return switch (program) {
      case "spark-submit", "spark-shell" -> submitted(program, arguments);
      case "./mvnw", "../../mvnw" -> MavenWords.fault(arguments);
      case "docker" -> docker(arguments);
      case "kubectl" -> Optional.empty(); // its file is there; KubernetesFilesTest reads it
      case "export" -> exported(arguments);
      default ->
          program.matches("(deploy|\\.ci|notebooks)/.*")
              ? script(program, arguments)
              : OTHERS.containsKey(program)
                  ? Optional.empty()
                  : Optional.of(
                      "what is " + program + "? A fence names the language of what is no command");
    };
  }

  private Optional<String> ofThisProgram(List<String> words, boolean ownJars) {
    List<String> here = words.stream().map(this::located).filter(w -> !w.equals("--gpu")).toList();
    ParseResult parsed;
    try {
      parsed = root.parseArgs(here.toArray(String[]::new));
    } catch (ParameterException e) {
      return Optional.of(e.getMessage());
    }
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    CommandLine last = parsed.commandSpec().commandLine();
    if (!last.getUnmatchedArguments().isEmpty()) {
      return Optional.of("no place for " + last.getUnmatchedArguments());
    }
    boolean help = parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested();
    boolean readsFiles = last.getCommand() instanceof VerifyCommand; // of the reader's own
    if (help || ownJars || readsFiles || !(last.getCommand() instanceof SubCommand)) {
      return Optional.empty();
    }
    return prepared(last.getCommand(), parsed);
  }

  private static Optional<String> prepared(SubCommand command, ParseResult parsed) {
    try {
      command.prepare();
      if (command instanceof PreprocessCommand) {
        ConfigurationOptions options =
            parsed.commandSpec().mixins().values().stream()
                .map(mixin -> mixin.userObject())
                .filter(ConfigurationOptions.class::isInstance)
                .map(ConfigurationOptions.class::cast)
                .findFirst()
                .orElseThrow();
        String dataset = parsed.matchedPositionalValue(0, "");
        ChosenDataset.of(RawDatasets.named(dataset), options.config());
      }
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (Exception e) {
      return Optional.of(e.toString());
    }
  }

  /** A word, with the file that it names where that is on this machine. */
  private String located(String word) {
    String spoken =
        word.replaceAll("\\$\\(date[^)]*\\)", "2026-11-29").replaceAll("\\bMETHOD\\b", "imtl");
    int equals = spoken.startsWith("--") ? spoken.indexOf('=') + 1 : 0;
    String name = spoken.substring(equals);
    String start = spoken.substring(0, equals);
    if (name.startsWith(DeployFiles.CONF_OF_IMAGE)) {
      return start + ROOT.resolve("conf/" + name.substring(DeployFiles.CONF_OF_IMAGE.length()));
    }
    if (!name.endsWith(".conf")) {
      return spoken;
    }
    if (name.matches("conf/.*-(NETWORK|NAME)\\.conf")) {
      return start + one(name);
    }
    for (Path place : List.of(ROOT, folder)) {
      if (Files.isRegularFile(place.resolve(name))) {
        return start + place.resolve(name);
      }
    }
    return spoken;
  }

  /** The first of the files that a name with a capital word stands for. */
  private static String one(String name) {
    String begin = name.substring("conf/".length(), name.lastIndexOf('-') + 1);
    try (Stream<Path> files = Files.list(ROOT.resolve("conf"))) {
      return files
          .map(Path::toString)
          .filter(file -> file.contains("/" + begin) && !file.contains("protocol"))
          .sorted()
          .findFirst()
          .orElse(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By Spark's own parser. */
  private Optional<String> submitted(String program, List<String> words) {
    List<String> here = new ArrayList<>(words.stream().map(this::located).toList());
    boolean shell = program.equals("spark-shell");
    if (shell) {
      here.addAll(List.of("--class", "org.apache.spark.repl.Main", program));
    }
    SparkSubmitArguments arguments;
    try {
      arguments =
          new SparkSubmitArguments(
              CollectionConverters.asScala(here).toSeq(),
              scala.collection.immutable.Map$.MODULE$.<String, String>empty());
    } catch (Exception e) { // Scala declares none
      return Optional.of(String.valueOf(e.getMessage()));
    }
    if (shell) {
      return Optional.empty();
    }
    if (!Main.class.getName().equals(arguments.mainClass())) {
      return Optional.of("the main class is not " + arguments.mainClass());
    }
    if (!arguments.primaryResource().endsWith("/" + MADE)) {
      return Optional.of("the build makes " + MADE + ", not " + arguments.primaryResource());
    }
    return ofThisProgram(
        CollectionConverters.asJava(arguments.childArgs()), arguments.jars() != null);
  }

  private static Optional<String> script(String name, List<String> words) {
    Path file = ROOT.resolve(name);
    if (!Files.isExecutable(file)) {
      return Optional.of("there is no script " + name);
    }
    String text = DeployFiles.text(file);
    return words.stream()
        .filter(word -> word.startsWith("--") && !text.contains(word))
        .findFirst()
        .map(word -> name + " does not know " + word);
  }

  private static Optional<String> docker(List<String> words) {
    String file = words.get(words.indexOf("-f") + 1);
    String target = words.get(words.indexOf("--target") + 1);
    return DeployFiles.text(ROOT.resolve(file)).matches("(?si).*\\sas " + target + "\\s.*")
        ? Optional.empty()
        : Optional.of(file + " has no target " + target);
  }

  /** Variables of ours are read by some script. */
  private static Optional<String> exported(List<String> words) {
    return words.stream()
        .filter(word -> word.startsWith("SPARK_MTO_"))
        .map(word -> word.replaceAll("=.*", ""))
        .filter(name -> !readBySomeScript(name))
        .findFirst()
        .map(name -> "no script reads " + name);
  }

  private static boolean readBySomeScript(String name) {
    return Stream.of("local", "standalone", "kubernetes")
        .flatMap(folder -> DeployFiles.files(folder, "").stream())
        .filter(Files::isRegularFile)
        .anyMatch(file -> DeployFiles.text(file).contains(name));
  }
}
