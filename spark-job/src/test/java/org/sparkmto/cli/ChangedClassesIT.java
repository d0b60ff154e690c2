package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script that runs spark-mto, after something has changed since the build: in a copy of what
 * the build has left, whose Maven does nothing but say that it was asked.
 */
class ChangedClassesIT {
  private static final Path REPOSITORY = DeployFiles.ROOT;

  private static final String JAR = "spark-job/target/spark-mto.jar";
  private static final String COMPILED =
      "target/maven-status/maven-compiler-plugin/compile/default-compile/inputFiles.lst";

  @TempDir private static Path copy;
  private static List<String> built;

  @BeforeAll
  static void copy() throws IOException {
    copy("pom.xml");
    copy("deploy/local/spark-mto");
    copy("spark-job/src/build");
    for (String module : List.of("core", "preprocessing", "spark-job")) {
      copy(module + "/pom.xml");
      copy(module + "/src/main");
      copy(module + "/target/classes");
      copy(module + "/" + COMPILED);
      ofTheCopy(module + "/" + COMPILED);
    }
    for (String file : List.of("spark.classpath", "compile.classpath", "spark.jvm.options")) {
      copy("spark-job/target/" + file);
    }
    ofTheCopy("spark-job/target/compile.classpath");
    Path jar = copy.resolve(JAR);
    Files.copy(REPOSITORY.resolve(JAR), jar, StandardCopyOption.COPY_ATTRIBUTES);
    Path maven = copy.resolve("mvnw");
    Files.writeString(maven, "#!/bin/sh\necho 'Maven is asked' >&2\nexit 1\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    built = entries(jar);
  }

  private static void copy(String name) throws IOException {
    try (Stream<Path> files = Files.walk(REPOSITORY.resolve(name))) {
      for (Path file : files.toList()) {
        Path to = copy.resolve(REPOSITORY.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    // Folders are as old as what is in them.
    try (Stream<Path> files = Files.walk(copy.resolve(name))) {
      for (Path folder : files.filter(Files::isDirectory).toList()) {
        Path original = REPOSITORY.resolve(copy.relativize(folder).toString());
        Files.setLastModifiedTime(folder, Files.getLastModifiedTime(original));
      }
    }
  }

  /** A list of absolute paths. */
  private static void ofTheCopy(String name) throws IOException {
    Path file = copy.resolve(name);
    FileTime time = Files.getLastModifiedTime(file);
    Files.writeString(
        file, Files.readString(file).replace(REPOSITORY + "/", copy.toRealPath() + "/"));
    Files.setLastModifiedTime(file, time);
  }

  /** Name and checksum of what is in a jar. */
  private static List<String> entries(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return Collections.list(zip.entries()).stream()
          .map(entry -> entry.getName() + " " + Long.toHexString(entry.getCrc()))
          .toList();
    }
  }

  @AfterEach
  void asItWas() throws IOException {
    for (String name :
        List.of("pom.xml", "core/src/main", "spark-job/src/main/java/org/sparkmto/cli")) {
      try (Stream<Path> files = Files.walk(REPOSITORY.resolve(name))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path to = copy.resolve(REPOSITORY.relativize(file).toString());
          if (!Files.exists(to) || Files.mismatch(file, to) >= 0) {
            Files.copy(
                file, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
          }
        }
      }
    }
  }

  private static void replace(String name, String from, String to) throws IOException {
    Path file = copy.resolve(name);
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusMillis(20)));
  }

  private record Ran(int code, String out, String err) {}

  private static Ran run() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(copy.resolve("deploy/local/spark-mto").toString(), "--version")
            .redirectOutput(copy.resolve("out").toFile())
            .redirectError(copy.resolve("err").toFile())
            .start();
    try {
      assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
      return new Ran(
          process.exitValue(),
          Files.readString(copy.resolve("out")),
          Files.readString(copy.resolve("err")));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void whatHasChangedIsInTheJarAndTheRestIsAsTheBuildMadeIt() throws Exception {
    String main = "spark-job/src/main/java/org/sparkmto/cli/Main.java";
    replace(main, "\"spark-mto \" + version", "\"SPARK-MTO \" + version");
    Ran changed = run();
    assertThat(changed.code()).as(changed.err()).isZero();
    assertThat(changed.out()).startsWith("SPARK-MTO ");
    assertThat(changed.err()).contains("compiling Main.java").doesNotContain("Maven");
    List<String> others = entries(copy.resolve(JAR));
    others = others.stream().filter(entry -> !built.contains(entry)).toList();
    assertThat(others).hasSize(1).allMatch(name -> name.contains("/cli/Main$Versions.class "));

    replace(main, "\"SPARK-MTO \" + version", "\"spark-mto \" + version");
    assertThat(run().out()).startsWith("spark-mto ");
    assertThat(entries(copy.resolve(JAR))).isEqualTo(built);
  }

  @Test
  void aMistakeIsToldByTheCompilerAlone() throws Exception {
    replace("core/src/main/java/org/sparkmto/method/EqualWeighting.java", "TaskWeights", "Weights");
    Ran changed = run();
    assertThat(changed.code()).isEqualTo(1);
    assertThat(changed.err())
        .contains("EqualWeighting.java:", "error:", "the build failed")
        .doesNotContain("Maven");
    assertThat(entries(copy.resolve(JAR))).isEqualTo(built);
  }

  @Test
  void mavenIsAskedWhereAClassIsGoneOrAPomHasChanged() throws Exception {
    Files.delete(copy.resolve("core/src/main/java/org/sparkmto/method/Famo.java"));
    Ran changed = run();
    assertThat(changed.err()).contains("a source is gone", "Maven is asked");
    assertThat(changed.code()).isEqualTo(1);
    asItWas();
    replace("pom.xml", "<name>spark-mto<", "<name>spark-mto <");
    assertThat(run().err()).contains("pom.xml has changed", "Maven is asked");
  }
}
