package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cli.Main;
import org.sparkmto.cluster.S3Server;
import org.sparkmto.cluster.StandaloneCluster;
import org.sparkmto.cluster.SubmittedApplication;
import org.sparkmto.cluster.TcpProxy;

/**
 * What may happen to the storage of a run, a directory in an object store behind a bad line, and to
 * its driver.
 */
@Tag("hostile")
@EnabledIfSystemProperty(named = ExecutorDrills.HOSTILE, matches = ExecutorDrills.ALL)
class StorageDrillsIT {
  private static final int STEP = 30;

  @TempDir static Path folder;

  private static S3Server server;
  private static TcpProxy line;
  private static DrillCluster drills;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start(folder, "runs");
    line = new TcpProxy(server.port());
    TreeMap<String, String> settings = new TreeMap<>(server.settings());
    settings.put("spark.hadoop.fs.s3a.endpoint", "http://127.0.0.1:" + line.port());
    drills = new DrillCluster(folder, StandaloneCluster.start(2, 2), 2, settings);
  }

  @AfterEach
  void letAllGoOn() {
    line.cut(false);
    line.spoil(false);
    line.delay(Duration.ZERO);
    drills.letAllGoOn();
  }

  @AfterAll
  static void stop() {
    if (drills != null) {
      drills.close();
    }
    line.close();
    server.close();
  }

  /** A run whose directory lies in the store. */
  private static DrillCluster.Disturbed ask(String name, String run, String first) {
    return drills.ask(
        name,
        folder.resolve("buckets/runs").resolve(run),
        first,
        "run.directory = \"s3a://runs/" + run + "\"");
  }

  /** A run that is held while rank 0 writes its second checkpoint. */
  private static DrillCluster.Disturbed heldInACheckpoint(String name) {
    drills.hold(HeldPhases.CHECKPOINT, 0, 2);
    DrillCluster.Disturbed run = ask(name, name, "");
    drills.awaitHeld(HeldPhases.CHECKPOINT, 0, "Checkpoints.write");
    return run;
  }

  @Test
  void aSlowLineMakesARunSlow() {
    line.delay(Duration.ofMillis(150));
    ask("slow-line", "slow-line", "").assertAsUndisturbed();
  }

  @Test
  void aStoreThatRefusesEndsTheRunAtOnceAndResumeGoesOn() {
    DrillCluster.Disturbed run = heldInACheckpoint("refused");
    line.spoil(true);
    long since = System.nanoTime();
    drills.release();
    assertThat(run.end())
        .startsWith(
            "TrainingFailedException: steps 20 to 40 failed because of: rank 0: cannot write"
                + " s3a://runs/refused/checkpoints/step-00000040/")
        .contains("403")
        .doesNotContain("\n");
    System.out.printf("refused: an error after %s%n", Duration.ofNanos(System.nanoTime() - since));
    assertThat(run.console()).doesNotContain("restart");
    assertThat(line.spoilt()).isPositive();
    line.spoil(false);
    ask("not refused", "refused", RunsOnDemand.RESUME).assertAsUndisturbed();
  }

  /** Shorter than what the client tries, or longer: then the segment is made again. */
  @Test
  void aLineThatIsCutForSomeSecondsCostsASegmentAtMost() throws Exception {
    DrillCluster.Disturbed run = heldInACheckpoint("cut");
    line.cut(true);
    drills.release();
    Thread.sleep(2000);
    line.cut(false);
    assertThat(run.end()).as(run::console).isEqualTo(RunsOnDemand.DONE);
    int restarts = Runs.lines(run.directory(), "restart").size();
    System.out.printf("cut for 2 s: %d restarts%n", restarts);
    assertThat(restarts).isLessThanOrEqualTo(1);
    drills.assertAsUndisturbed(
        run.directory(), restarts == 0 ? new long[0] : new long[] {DrillCluster.SEGMENT});
  }

  @Test
  void aLineThatStaysCutEndsTheRunWithItsReasonAndResumeGoesOn() {
    DrillCluster.Disturbed run = heldInACheckpoint("cut-for-good");
    line.cut(true);
    long since = System.nanoTime();
    drills.release();
    assertThat(run.end())
        .containsPattern("cannot (read|write) s3a://runs/cut-for-good/")
        .doesNotContain("\n");
    Duration took = Duration.ofNanos(System.nanoTime() - since);
    System.out.printf("cut for good: an error after %s: %s%n", took, run.end());
    line.cut(false);
    ask("not cut", "cut-for-good", RunsOnDemand.RESUME).assertAsUndisturbed();
  }

  /** In a step, then while it resumes, before the ranks have met; then nobody disturbs it. */
  @Test
  void aDriverThatIsKilledAndKilledAgainWhileItResumes() throws Exception {
    Path run = folder.resolve("driver");
    Path file = Files.writeString(folder.resolve("driver.conf"), drills.configuration(run));
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    SubmittedApplication first = submit(file);
    drills.awaitHeld(HeldPhases.FORWARD, 1, "RankTask.train");
    kill(first);

    drills.hold(HeldPhases.START, 1, 1);
    SubmittedApplication second = submit(file, "--resume");
    drills.awaitHeld(HeldPhases.START, 1, "RankTask.<init>");
    kill(second);

    long since = System.nanoTime();
    SubmittedApplication third = submit(file, "--resume");
    assertThat(third.waitFor(DrillCluster.LONG)).as(third::stderr).isZero();
    System.out.printf(
        "driver killed twice: done %s after the last start%n",
        Duration.ofNanos(System.nanoTime() - since));
    assertThat(third.stdout()).contains("steps 20 to 60");
    drills.assertAsUndisturbed(run);
  }

  private static SubmittedApplication submit(Path file, String... more) {
    return drills
        .application(Main.class.getName())
        .arguments("train", "--config", file.toString())
        .arguments(more)
        .submit();
  }

  /** Its executors end with it, wherever they are held. */
  private static void kill(SubmittedApplication application) {
    List<ProcessHandle> executors = application.awaitExecutors(2, DrillCluster.LONG);
    application.driver().destroyForcibly();
    assertThat(application.waitFor(DrillCluster.LONG)).isEqualTo(137);
    drills.await(
        () -> "executors " + executors + " end",
        () -> executors.stream().noneMatch(ProcessHandle::isAlive));
    drills.release();
  }
}
