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
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.training.GpuRuns;
import org.sparkmto.training.StripesDataset;

/** The harness itself, and that the application jar works where a user runs it. */
class StandaloneClusterIT {
  private static final Duration LONG = Duration.ofMinutes(3);

  @TempDir static Path folder;

  private static StandaloneCluster cluster;
  private static Path probe;

  @BeforeAll
  static void startCluster() throws IOException {
    Path discover = folder.resolve("discover");
    Files.writeString(
        discover,
        "#!/usr/bin/env bash\nSPARK_MTO_GPUS=0,1 exec %s\n"
            .formatted(BuiltFiles.deploy().resolve("gpu/discover")));
    assertThat(discover.toFile().setExecutable(true)).isTrue();
    cluster =
        StandaloneCluster.start(
            2,
            2,
            "-Dspark.worker.resource.gpu.amount=2",
            "-Dspark.worker.resource.gpu.discoveryScript=" + discover);
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
            .conf("spark.cores.max", "2")
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
            + "daemon.port 0\ndaemon.page 0\ndaemon.workers 1\ndaemon.gpus 2\n");
    Map<String, String> environment =
        Map.of(
            "SPARK_MTO_CLUSTER",
            settings.toString(),
            "SPARK_MTO_JAR",
            BuiltFiles.classesJar().toString(),
            "SPARK_MTO_GPUS",
            "3,5,7",
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
      assertThat(start.stdout()).contains("spark://127.0.0.1:", "worker-0", ", GPU 3 5\n");
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

  @Test
  void ranksTakeTheGpusThatSparkHasAssignedEachItsOwn() throws IOException {
    Path runs = cluster.folder().resolve("runs");
    SubmittedApplication application =
        cluster
            .application(GpuRuns.class.getName())
            .jar(ClassesJar.write(cluster.folder().resolve("gpu-runs.jar"), GpuRuns.class))
            .conf("spark.executor.cores", "2")
            .conf("spark.cores.max", "2")
            .conf("spark.executor.resource.gpu.amount", "2")
            .arguments(
                StripesDataset.write(cluster.folder().resolve("stripes")).toString(),
                runs.toString())
            .submit();
    assertThat(application.waitFor(LONG)).as(application::stderr).isZero();
    String said = application.stdout();
    assertThat(said)
        .containsPattern("profile .*cpus, amount: 1.0.*gpu, amount: 1.0")
        .contains(
            "refused: cluster.device = cuda, but the libtorch of this jar has no CUDA",
            "three ranks refused: cluster.ranks = 3, but "
                + cluster.url()
                + " runs 2 tasks with a GPU",
            "[cpu] Equal weighting on 3 tasks of stripes, 1 rank,",
            "plain Optional.empty");
    for (String run : List.of("profile", "plain")) {
      assertThat(said)
          .contains("[%s] Equal weighting on 3 tasks of stripes, 2 ranks,".formatted(run))
          .containsOnlyOnce(
              "[%s] all ranks compute on the CPU: a GPU is of no use to ".formatted(run));
      // Its manifest says which rank had which; no GPU was given twice.
      assertThat(Files.readString(runs.resolve(run + "/model/manifest.json")))
          .containsPattern(
              "(?s)device of rank 0\" *: \"cpu, GPU ([01])\".*device of rank 1\" *: \"cpu, GPU"
                  + " (?!\\1)[01]\"");
      assertThat(Files.readString(runs.resolve(run + "/run.json")))
          .contains("\"threads per rank\" : \"1\"");
    }
    assertThat(said.lines().filter(line -> line.startsWith("[cpu]")))
        .noneMatch(line -> line.contains("GPU"));
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
