package org.sparkmto.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkmto.cli.Main;

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

  private static SubmittedApplication submitProbe(String order) {
    return cluster
        .application(BarrierProbe.class.getName())
        .jar(probe)
        .wholeJar()
        .arguments("2", order)
        .submit();
  }

  @Test
  void everyExecutorUsesLibtorchOfTheApplicationJarAndTheExitCodePasses() {
    SubmittedApplication application = submitProbe("exit=5");
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
  void anExecutorThatIsKilledIsSeenByTheDriver() throws IOException {
    Path marks = Files.createDirectory(cluster.folder().resolve("marks"));
    SubmittedApplication application = submitProbe("wait=" + marks);
    List<ProcessHandle> executors = application.awaitExecutors(2, LONG);
    long end = System.nanoTime() + LONG.toNanos();
    while (names(marks).size() < 2) {
      assertThat(System.nanoTime()).as("both ranks wait").isLessThan(end);
      LoggedProcess.sleep();
    }
    assertThat(executors)
        .extracting(executor -> String.valueOf(executor.pid()))
        .containsExactlyInAnyOrderElementsOf(names(marks));

    executors.get(0).destroyForcibly();

    assertThat(application.waitFor(LONG)).isEqualTo(BarrierProbe.EXECUTOR_LOST);
    assertThat(application.stdout()).contains("lost: ");
    assertThat(application.stderr()).contains("137");
  }

  @Test
  void aDriverThatIsKilledLeavesNoExecutor() throws IOException {
    Path marks = Files.createDirectory(cluster.folder().resolve("more-marks"));
    SubmittedApplication application = submitProbe("wait=" + marks);
    application.awaitExecutors(2, LONG);
    application.driver().destroyForcibly();
    assertThat(application.waitFor(LONG)).isEqualTo(137);
    assertThat(application.awaitExecutors(0, LONG)).isEmpty();
  }

  @Test
  void theCommandLineRunsUnderSparkSubmit() {
    SubmittedApplication version =
        cluster.application(Main.class.getName()).arguments("--version").submit();
    assertThat(version.waitFor(LONG)).as(version::stderr).isZero();
    assertThat(version.stdout()).startsWith("spark-mto ");
    SubmittedApplication wrong =
        cluster.application(Main.class.getName()).arguments("trian").submit();
    assertThat(wrong.waitFor(LONG)).as(wrong::stderr).isEqualTo(2);
    assertThat(wrong.stderr()).contains("spark-mto: Unmatched argument at index 0: 'trian'");
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
