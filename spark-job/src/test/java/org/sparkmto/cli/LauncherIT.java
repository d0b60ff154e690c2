package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that runs spark-mto on one machine, from a working directory that is not ours. */
class LauncherIT {
  private static final Path SCRIPT =
      Path.of(System.getProperty("basedir")).resolveSibling("deploy/local/spark-mto");

  @TempDir private Path folder;

  private int run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(SCRIPT.toString())
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.command().addAll(List.of(arguments));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  @Test
  void runsTheApplicationAndAddsNothingToItsOutput() throws Exception {
    assertThat(run(Map.of(), "--version")).as(text("err")).isZero();
    assertThat(text("out")).startsWith("spark-mto ");
    assertThat(text("err")).isEmpty();
  }

  @Test
  void passesTheExitCodeAndTheOneLineOfAWrongUsage() throws Exception {
    assertThat(run(Map.of(), "trian")).isEqualTo(2);
    assertThat(text("err").lines()).hasSize(1);
    assertThat(text("err")).contains("'trian'");
  }

  @Test
  void refusesAnOldJavaInOneLine() throws Exception {
    Path java = Files.createDirectories(folder.resolve("jdk 11/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    assertThat(run(Map.of("JAVA_HOME", folder.resolve("jdk 11").toString()), "--version"))
        .isEqualTo(2);
    assertThat(text("err"))
        .isEqualTo(
            "spark-mto: Java 17 or newer is needed, %s is version 11; set JAVA_HOME%n"
                .formatted(java));
  }

  @Test
  void refusesAJavaHomeWithoutJava() throws Exception {
    assertThat(run(Map.of("JAVA_HOME", folder.toString()), "--version")).isEqualTo(2);
    assertThat(text("err").lines()).hasSize(1);
  }

  @Test
  void aLocaleThatTheMachineLacksDoesNotHideFilesWithAccents() throws Exception {
    run(Map.of("LC_ALL", "xx_XX.UTF-8"), "preprocess", "celeba", "--raw", "été", "--out", "shards");
    assertThat(text("err")).contains("été").doesNotContain("?");
  }
}
