package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.deploy.SparkSubmit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.cluster.ClassesJar;

/** Each in a process of its own, because a process has one log. */
class SparkLogTest {
  @TempDir private Path folder;

  /** What an application does: ours and another's lines, perhaps after Spark has spoken. */
  static final class Speaks {
    private Speaks() {}

    public static void main(String[] arguments) {
      if (Boolean.getBoolean("submitted")) {
        // As spark-submit does before the main class runs.
        new SparkSubmit().initializeLogIfNecessary(false);
      }
      SparkLog.configure();
      Logger spark = LoggerFactory.getLogger("org.apache.spark.Something");
      spark.info("information of Spark");
      spark.warn("a warning of Spark");
      LoggerFactory.getLogger("org.sparkmto.Something").info("information of ours");
      System.out.println("file: " + SparkLog.file().orElse("none"));
    }
  }

  private String run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classPath(), Speaks.class.getName()));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  /** Without the folder of the tests, where there is a configuration of log4j2. */
  private String classPath() throws IOException {
    Path jar = ClassesJar.write(folder.resolve("speaks.jar"), SparkLogTest.class);
    return Pattern.compile(":")
        .splitAsStream(System.getProperty("java.class.path"))
        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
        .collect(Collectors.joining(":", jar + ":", ""));
  }

  @Test
  void informationOfSparkGoesToAFileAndOursWithAllWarningsToTheScreen() throws Exception {
    String screen = run();
    assertThat(screen)
        .contains("information of ours", "a warning of Spark", "file: " + folder)
        .doesNotContain("information of Spark");
    try (Stream<Path> logs = Files.list(folder)) {
      Path log = logs.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
      assertThat(Files.readString(log))
          .contains("information of Spark", "a warning of Spark", "information of ours");
    }
  }

  @Test
  void theSameUnderSparkSubmitWhichHasItsOwnConfiguration() throws Exception {
    assertThat(run("-Dsubmitted=true"))
        .contains("information of ours", "a warning of Spark", "file: " + folder)
        .doesNotContain("information of Spark");
  }

  @Test
  void whoeverStartsTheProcessMayNameTheFile() throws Exception {
    Path named = folder.resolve("logs/mine.txt");
    assertThat(run("-Dspark-mto.log=" + named)).contains("file: " + named);
    assertThat(Files.readString(named)).contains("information of Spark");
  }

  @Test
  void aConfigurationOfTheUserStays() throws Exception {
    Path own =
        Files.writeString(
            folder.resolve("own.properties"),
            """
            appender.out.type = Console
            appender.out.name = out
            appender.out.layout.type = PatternLayout
            appender.out.layout.pattern = own <%m>%n
            rootLogger.level = info
            rootLogger.appenderRef.out.ref = out
            """);
    assertThat(run("-Dlog4j2.configurationFile=" + own))
        .contains("own <information of Spark>", "own <information of ours>", "file: none");
  }

  @Test
  void whatAClusterStartsSpeaksWhereTheClusterListens() throws Exception {
    assertThat(run("-Dspark.submit.deployMode=cluster")).contains("file: none");
    try (Stream<Path> logs = Files.list(folder)) {
      assertThat(logs.filter(file -> file.toString().endsWith(".log"))).isEmpty();
    }
  }

  @Test
  void aFolderThatMayNotBeWrittenIsNotChosen() {
    assertThat(SparkLog.file(folder.toFile()).getParentFile()).isEqualTo(folder.toFile());
    assertThat(SparkLog.file(new File("/proc/1/nothing/here")).getParentFile())
        .isEqualTo(new File(System.getProperty("java.io.tmpdir")));
  }
}
