package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.sparkmto.version.BuildVersion;

/** deploy/docker/Dockerfile by its grammar and against pom.xml. Nothing is built. */
class DockerfileTest {
  private static final Path FILE = DeployFiles.DEPLOY.resolve("docker/Dockerfile");
  private static final Pattern FROM = Pattern.compile("(\\S+) AS (\\w+)");
  private static final Set<String> INSTRUCTIONS =
      Set.of("ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT");

  /** Instructions in their order, continued lines joined, comments left out. */
  private static List<String> instructions() {
    List<String> instructions = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    for (String line : DeployFiles.text(FILE).lines().toList()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      boolean goesOn = line.endsWith("\\");
      open.append(goesOn ? line.substring(0, line.length() - 1) : line);
      if (!goesOn) {
        instructions.add(open.toString().replaceAll("\\s+", " "));
        open.setLength(0);
      }
    }
    assertThat(open).as("the last line does not go on").isEmpty();
    return instructions;
  }

  private static String rest(String instruction) {
    return instruction.substring(instruction.indexOf(' ') + 1);
  }

  @Test
  void everyStageStartsFromOneThatIsNamedOrKnownBefore() {
    Set<String> stages = new HashSet<>();
    Map<String, List<String>> byStage = new LinkedHashMap<>();
    List<String> current = new ArrayList<>();
    for (String instruction : instructions()) {
      String word = instruction.split(" ", 2)[0];
      assertThat(INSTRUCTIONS).contains(word);
      if (word.equals("FROM")) {
        Matcher from = FROM.matcher(rest(instruction));
        assertThat(from.matches()).as(instruction).isTrue();
        assertThat(from.group(1)).as("a version is said").contains(":");
        assertThat(stages.add(from.group(2))).as(instruction).isTrue();
        current = byStage.computeIfAbsent(from.group(2), stage -> new ArrayList<>());
      } else if (word.equals("COPY") && instruction.contains("--from=")) {
        String source = instruction.replaceAll(".*--from=(\\w+) .*", "$1");
        assertThat(stages).as(instruction).contains(source);
      }
      current.add(instruction);
    }
    assertThat(byStage).containsOnlyKeys("build", "cpu", "cuda");
    for (String target : List.of("cpu", "cuda")) {
      assertThat(byStage.get(target))
          .as("%s does not run as root", target)
          .filteredOn(instruction -> instruction.startsWith("USER "))
          .last()
          .isEqualTo("USER 185");
    }
  }

  @Test
  void versionsAreThoseOfTheBuild() {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String instruction : instructions()) {
      if (instruction.startsWith("ARG ")) {
        String[] words = rest(instruction).split("=", 2);
        arguments.put(words[0], words[1]);
      }
    }
    String pom = DeployFiles.text(DeployFiles.ROOT.resolve("pom.xml"));
    assertThat(arguments)
        .containsEntry("SPARK_VERSION", BuildVersion.current().spark())
        .containsEntry("SCALA_VERSION", property(pom, "scala.binary"))
        .containsEntry("LIBTORCH_PLATFORM", property(pom, "libtorch.platform"));
    assertThat(DeployFiles.text(FILE))
        .contains("/spark-mto:" + BuildVersion.current().application() + " ")
        .contains(
            "cuda-cupti-" + arguments.get("CUDA_VERSION").replaceAll("(\\d+)\\.(\\d+).*", "$1-$2"))
        .contains("temurin:" + property(pom, "maven.compiler.release") + "-jdk");
  }

  @Test
  void whatIsCopiedFromTheRepositoryIsThereAndNotIgnored() throws Exception {
    List<String> kept =
        Files.readAllLines(FILE.resolveSibling("Dockerfile.dockerignore")).stream()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();
    assertThat(kept).contains("mvnw", "pom.xml", ".mvn", "conf", "core", "preprocessing");
    assertThat(kept).allMatch(name -> Files.exists(DeployFiles.ROOT.resolve(name)));
    String modules = DeployFiles.text(DeployFiles.ROOT.resolve("pom.xml"));
    Matcher module = Pattern.compile("<module>([\\w-]+)</module>").matcher(modules);
    while (module.find()) {
      assertThat(kept).contains(module.group(1));
    }
  }

  private static String property(String pom, String name) {
    Matcher value = Pattern.compile("<" + name + ">([^<]+)</" + name + ">").matcher(pom);
    assertThat(value.find()).as(name).isTrue();
    return value.group(1);
  }
}
