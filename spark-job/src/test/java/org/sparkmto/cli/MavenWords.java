package org.sparkmto.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says what is wrong with a command line of Maven: what it names must be in a pom, or a test. */
final class MavenWords {
  private static final Path ROOT = DeployFiles.ROOT;
  private static final List<String> MODULES = List.of("core", "preprocessing", "spark-job");
  private static final Pattern PROFILE = Pattern.compile("<profile>\\s*<id>([^<]+)</id>");

  private static final Set<String> FLAGS =
      Set.of("-q", "-B", "-am", "-o", "-e", "-N", "-U", "-X", "--version");

  private static final Set<String> PHASES =
      Set.of("clean", "validate", "compile", "test-compile", "test", "package", "verify");

  /** Properties of Maven and its plugins that the pages use. */
  private static final Set<String> PROPERTIES =
      Set.of(
          "test",
          "it.test",
          "maven.test.skip",
          "maven.repo.local",
          "skipTests",
          "skipITs",
          "surefire.failIfNoSpecifiedTests",
          "failsafe.failIfNoSpecifiedTests");

  private MavenWords() {}

  static Optional<String> fault(List<String> words) {
    List<String> left = new ArrayList<>(words);
    while (!left.isEmpty()) {
      String word = left.remove(0);
      Optional<String> fault;
      if (FLAGS.contains(word) || PHASES.contains(word)) {
        fault = Optional.empty();
      } else if (word.startsWith("-pl")) {
        fault = module(word.equals("-pl") ? left.remove(0) : word.substring(3));
      } else if (word.startsWith("-P")) {
        fault = profiles(word.equals("-P") ? left.remove(0) : word.substring(2));
      } else if (word.startsWith("-D")) {
        fault = property(word.substring(2));
      } else if (word.contains(":")) {
        fault = plugin(word);
      } else {
        fault = Optional.of("Maven: what is " + word + "?");
      }
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }

  /** Maven's own plug-ins are called the other way round. */
  private static Optional<String> plugin(String goal) {
    String prefix = goal.replaceAll(":.*", "");
    Optional<String> fault = contained("<artifactId>" + prefix + "-maven-plugin<", goal);
    return fault.isEmpty() ? fault : contained("<artifactId>maven-" + prefix + "-plugin<", goal);
  }

  private static Optional<String> module(String names) {
    return Arrays.stream(names.split(",", -1))
        .filter(name -> !Files.isRegularFile(ROOT.resolve(name).resolve("pom.xml")))
        .findFirst()
        .map(name -> "there is no module " + name);
  }

  private static Optional<String> profiles(String names) {
    Set<String> known =
        PROFILE.matcher(poms()).results().map(one -> one.group(1)).collect(Collectors.toSet());
    return Arrays.stream(names.split(",", -1))
        .map(name -> name.replaceFirst("^[!+-]", ""))
        .filter(name -> !known.contains(name))
        .findFirst()
        .map(name -> "there is no profile " + name + " among " + known);
  }

  private static Optional<String> property(String setting) {
    String name = setting.replaceAll("=.*", "");
    String value = setting.substring(Math.min(setting.length(), name.length() + 1));
    if (name.startsWith("spark-mto.")) {
      return readBySomeTest('"' + name + '"')
          ? Optional.empty()
          : Optional.of("no test reads " + name);
    }
    if (name.equals("test") || name.equals("it.test")) {
      return Arrays.stream(value.split(",", -1))
          .filter(test -> !test.equals("none") && !isTest(test))
          .findFirst()
          .map(test -> "there is no test " + test);
    }
    return PROPERTIES.contains(name) ? Optional.empty() : contained("<" + name + ">", name);
  }

  private static Optional<String> contained(String text, String name) {
    return poms().contains(text) ? Optional.empty() : Optional.of("no pom has " + name);
  }

  private static String poms() {
    return DeployFiles.text(ROOT.resolve("pom.xml"))
        + MODULES.stream()
            .map(module -> DeployFiles.text(ROOT.resolve(module).resolve("pom.xml")))
            .collect(Collectors.joining());
  }

  private static boolean isTest(String name) {
    return tests().stream().anyMatch(file -> file.endsWith(name.replaceAll("#.*", "") + ".java"));
  }

  private static boolean readBySomeTest(String text) {
    return tests().stream().anyMatch(file -> DeployFiles.text(file).contains(text));
  }

  private static List<Path> tests() {
    List<Path> tests = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(tests::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return tests;
  }
}
