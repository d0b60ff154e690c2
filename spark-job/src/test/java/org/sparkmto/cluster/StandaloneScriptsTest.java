package org.sparkmto.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts of deploy/standalone refuse, in one line and before any process is started. */
class StandaloneScriptsTest {
  @TempDir private Path folder;
  private Path settings;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void writeSettings() throws IOException {
    settings = folder.resolve("cluster.conf");
    Files.writeString(settings, "daemon.directory " + folder.resolve("cluster") + "\n");
    environment.put("SPARK_MTO_CLUSTER", settings.toString());
    environment.put("SPARK_MTO_JAR", settings.toString());
    environment.put("SPARK_HOME", folder.toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
  }

  private LoggedProcess run(int code, String script, String... arguments) {
    List<String> line = new ArrayList<>(List.of(arguments));
    line.add(0, BuiltFiles.deploy().resolve("standalone").resolve(script).toString());
    LoggedProcess process = LoggedProcess.start(script, folder, environment, line);
    assertThat(process.waitFor(Duration.ofSeconds(30))).as(process::stderr).isEqualTo(code);
    return process;
  }

  private void refuses(String words, String script, String... arguments) {
    LoggedProcess process = run(2, script, arguments);
    assertThat(process.stderr()).contains(script + ": ").contains(words).hasLineCount(1);
    assertThat(process.stdout()).isEmpty();
  }

  @Test
  void aKeyThatNobodyReadsIsNamedWithItsLine() throws IOException {
    Files.writeString(settings, "# a cluster\n\ndaemon.worker 2\n");
    refuses("cluster.conf line 3: unknown key daemon.worker; there are daemon.{", "start");
    Files.writeString(settings, "executor.memory 2g\n");
    refuses("cluster.conf line 1: a key starts with daemon. or spark.", "stop");
    Files.writeString(settings, "daemon.workers many\n");
    refuses("daemon.workers is a number, not 'many'", "submit", "train");
  }

  @Test
  void whatIsNotThereIsNamed() {
    refuses("its folder jars has no spark-core_2.13-4.1.*.jar", "start");
    environment.put("SPARK_MTO_JAR", folder.resolve("none.jar").toString());
    refuses("none.jar is not there; build it", "start");
    environment.put("SPARK_MTO_CLUSTER", folder.resolve("none.conf").toString());
    refuses("none.conf, but there is no such file", "start");
  }

  @Test
  void gpusAreDividedBetweenWorkersIfThereAreEnough() throws IOException {
    Files.writeString(settings, "daemon.workers 2\ndaemon.gpus 2\n", StandardOpenOption.APPEND);
    environment.put("SPARK_MTO_GPUS", "0,1,2");
    refuses("2 workers of 2 GPUs, but this machine has 3: 0 1 2", "start");
    environment.put("SPARK_MTO_GPUS", "0,none");
    refuses(
        "daemon.gpus is 2, and discover: SPARK_MTO_GPUS = '0,none' names 'none', which", "start");
  }

  @Test
  void argumentsThatNobodyKnowsStartAndStopNothing() {
    refuses("not 'worker'", "start", "worker");
    refuses("'--now'", "stop", "--now");
    assertThat(folder.resolve("cluster")).doesNotExist();
  }

  @Test
  void nothingIsSubmittedWhereNoClusterRuns() throws IOException {
    refuses("no cluster runs in ", "submit", "train");
    // What a machine that went down has left is no cluster: the id belongs to another process.
    Path ids = Files.createDirectories(folder.resolve("cluster/pid"));
    Files.writeString(folder.resolve("cluster/master.url"), "spark://127.0.0.1:7077\n");
    Files.writeString(ids.resolve("master"), ProcessHandle.current().pid() + " 1\n");
    refuses("does not run", "submit", "train");
    LoggedProcess stop = run(0, "stop");
    assertThat(stop.stdout() + stop.stderr()).isEmpty();
    assertThat(ids).isEmptyDirectory();
  }

  @Test
  void stopHasNothingToDoWhereNothingRuns() {
    assertThat(run(0, "stop").stdout()).contains("nothing runs in ");
  }
}
