package org.sparkmto.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The harness itself, and that the application jar works where a user runs it. */
class StandaloneClusterIT {
  private static final Duration LONG = Duration.ofMinutes(3);

  private static StandaloneCluster cluster;
  private static Path probe;

  @BeforeAll
  static void startCluster() throws IOException {
    cluster = StandaloneCluster.start(2, 1);
    probe = ClassesJar.write(cluster.folder().resolve("probe.jar"), BarrierProbe.class);
  }

  @AfterAll
  static void stopCluster() {
    List<ProcessHandle> processes = cluster.processes();
    // Master and workers; executors of the last application may be ending just now.
    assertThat(processes).filteredOn(ProcessHandle::isAlive).hasSizeGreaterThanOrEqualTo(3);
    cluster.close();
    assertThat(processes).noneMatch(ProcessHandle::isAlive);
    assertThat(cluster.folder().resolve("master.err.log")).isNotEmptyFile();
    assertThat(cluster.folder().resolve("spark")).doesNotExist();
  }

  @Test
  void everyExecutorUsesLibtorchOfTheApplicationJarAndTheExitCodePasses() {
    SubmittedApplication application =
        cluster
            .application(BarrierProbe.class.getName())
            .jar(probe)
            .wholeJar()
            .arguments("2", "5")
            .submit();
    assertThat(application.waitFor(LONG)).as(application::stderr).isEqualTo(5);
    List<MatchResult> ranks =
        Pattern.compile("rank (\\d) of 2, process (\\d+), sum 6.0 from \\S*/spark-mto.jar\\n")
            .matcher(application.stdout())
            .results()
            .toList();
    assertThat(ranks).extracting(rank -> rank.group(1)).containsExactly("0", "1");
    assertThat(ranks).extracting(rank -> rank.group(2)).doesNotHaveDuplicates();
  }

  @Test
  void theCommandLineRunsUnderSparkSubmitOnAClusterOfTheScripts() throws Exception {
    Path scripts = BuiltFiles.deploy().resolve("standalone");
    Path settings = cluster.folder().resolve("cluster.conf");
    Files.writeString(
        settings,
        Files.readString(scripts.resolve("cluster.conf"))
                .replaceAll("(?m)^daemon.(directory|port|page|workers) .*\\n", "")
            + "daemon.directory %s%n".formatted(cluster.folder().resolve("scripts"))
            + "daemon.port 0\ndaemon.page 0\ndaemon.workers 1\n");
    Map<String, String> environment =
        Map.of(
            "SPARK_MTO_CLUSTER",
            settings.toString(),
            "SPARK_MTO_JAR",
            BuiltFiles.classesJar().toString(),
            "SPARK_HOME",
            SparkHome.ofBuild().folder().toString(),
            "JAVA_HOME",
            System.getProperty("java.home"),
            "SPARK_DAEMON_JAVA_OPTS",
            String.join(" ", SparkHome.QUICK_START),
            "SPARK_SUBMIT_OPTS",
            String.join(" ", SparkHome.QUICK_START));
    List<ProcessHandle> started;
    try {
      LoggedProcess start = script("start", environment);
      assertThat(start.waitFor(LONG)).as(start::stderr).isZero();
      assertThat(start.stdout()).contains("spark://127.0.0.1:", "worker-0");
      started = daemons(cluster.folder().resolve("scripts/pid"));
      assertThat(started).hasSize(2).allMatch(ProcessHandle::isAlive);

      LoggedProcess wrong = script("submit", environment, "trian");
      assertThat(wrong.waitFor(LONG)).as(wrong::stderr).isEqualTo(2);
      assertThat(wrong.stderr())
          .contains("spark-mto: Unmatched argument at index 0: 'trian'")
          .hasLineCount(1);
    } finally {
      LoggedProcess stop = script("stop", environment, "--applications");
      assertThat(stop.waitFor(LONG)).as(stop::stderr).isZero();
    }
    assertThat(started).noneMatch(ProcessHandle::isAlive);
  }

  private static LoggedProcess script(
      String name, Map<String, String> environment, String... arguments) {
    List<String> line = new ArrayList<>(List.of(arguments));
    line.add(0, BuiltFiles.deploy().resolve("standalone").resolve(name).toString());
    return LoggedProcess.start(
        "script-" + String.join("-", name, String.join("-", arguments)),
        cluster.folder(),
        environment,
        line);
  }

  /** The processes that the scripts have written down: their ids are the first words. */
  private static List<ProcessHandle> daemons(Path folder) throws IOException {
    List<ProcessHandle> daemons = new ArrayList<>();
    for (String name : names(folder)) {
      String id = Files.readString(folder.resolve(name)).split(" ", -1)[0];
      daemons.add(ProcessHandle.of(Long.parseLong(id)).orElseThrow());
    }
    return daemons;
  }

  @Test
  void aWaitThatDoesNotComeTrueShowsTheLog() {
    SubmittedApplication application = cluster.application("no.such.Class").submit();
    assertThatThrownBy(() -> application.await(Pattern.compile("ready"), LONG))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ended with 101 before it said 'ready'")
        .hasMessageContaining("no.such.Class");
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
