package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cluster.StandaloneCluster;

/**
 * What may happen to an executor, in each phase of a run. All drills end in the bits of one run
 * that nobody disturbed. Some are made by the profile {@code hostile} alone, as each costs an
 * executor.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ExecutorDrills {
  static final String HOSTILE = "spark-mto.hostile";
  static final String ALL = "all";

  /** A step in the middle of the second segment. */
  private static final int STEP = 30;

  private static final long FROM = DrillCluster.SEGMENT;

  /** Half of what Spark takes to miss an executor that says nothing. */
  private static final Duration BEFORE_SPARK = Duration.ofMinutes(1);

  private DrillCluster drills;

  abstract int executors();

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    drills =
        new DrillCluster(folder, StandaloneCluster.start(executors(), 2), executors(), Map.of());
  }

  @AfterEach
  void letAllGoOn() {
    drills.letAllGoOn();
  }

  @AfterAll
  void stop() {
    if (drills != null) {
      drills.close();
    }
  }

  DrillCluster drills() {
    return drills;
  }

  /**
   * Kills a process, lets all others go on, and waits until the run has begun its segment again.
   */
  private void kill(DrillCluster.Disturbed run, ProcessHandle process) {
    kill(run, process, FROM);
  }

  private void kill(DrillCluster.Disturbed run, ProcessHandle process, long from) {
    process.destroyForcibly();
    long killed = System.nanoTime();
    drills.release();
    run.recovered(1, killed);
    run.assertAsUndisturbed(from);
  }

  @Test
  @EnabledIfSystemProperty(named = HOSTILE, matches = ALL)
  void killedInAForwardPass() {
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run = drills.train("killed in a forward pass");
    kill(run, drills.awaitHeld(HeldPhases.FORWARD, 1, "RankTask.train"));
  }

  @Test
  void killedInTheExchange() {
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run = drills.train("killed in the exchange");
    drills.awaitHeld(HeldPhases.FORWARD, 1, "RankTask.train");
    kill(run, drills.awaitWithin("SharedQueues$Turn.await"));
  }

  @Test
  @EnabledIfSystemProperty(named = HOSTILE, matches = ALL)
  void killedInTheExchangeOverGloo() {
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run =
        drills.train("killed in the exchange over Gloo", "cluster.peers = gloo");
    drills.awaitHeld(HeldPhases.FORWARD, 1, "RankTask.train");
    kill(run, drills.awaitWithin("GlooPeers.await"));
  }

  @Test
  @EnabledIfSystemProperty(named = HOSTILE, matches = ALL)
  void killedWhileItWaitsForTheDriversAnswer() {
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run = drills.train("killed while it waits for the driver");
    drills.awaitHeld(HeldPhases.FORWARD, 1, "RankTask.train");
    ProcessHandle driver = drills.application().driver();
    DrillCluster.signal("STOP", driver);
    drills.release();
    ProcessHandle waiting = drills.awaitWithin("DriverChannel.weigh");
    waiting.destroyForcibly();
    DrillCluster.signal("CONT", driver);
    kill(run, waiting);
  }

  @Test
  @EnabledIfSystemProperty(named = HOSTILE, matches = ALL)
  void killedInTheUpdate() {
    drills.hold(HeldPhases.UPDATE, 0, STEP);
    DrillCluster.Disturbed run = drills.train("killed in the update");
    kill(run, drills.awaitHeld(HeldPhases.UPDATE, 0, "ParameterUpdate.apply"));
  }

  @Test
  void killedInTheRendezvous() {
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run = drills.train("killed in the rendezvous");
    drills.awaitHeld(HeldPhases.FORWARD, 1, "RankTask.train");
    drills.hold(HeldPhases.START, 1, 1);
    drills.release(HeldPhases.FORWARD, 1);
    drills.awaitHeld(HeldPhases.START, 1, "RankTask.<init>");
    kill(run, drills.awaitWithin("DriverChannel.awaitReady"), 2 * FROM);
  }

  @Test
  void killedInACheckpoint() {
    drills.hold(HeldPhases.CHECKPOINT, 0, 2);
    DrillCluster.Disturbed run = drills.train("killed in a checkpoint");
    ProcessHandle held = drills.awaitHeld(HeldPhases.CHECKPOINT, 0, "Checkpoints.write");
    Path checkpoint = run.directory().resolve("checkpoints/step-%08d".formatted(2 * FROM));
    assertThat(checkpoint.resolve("model.safetensors")).isNotEmptyFile();
    assertThat(checkpoint.resolve("manifest.json")).doesNotExist();
    kill(run, held);
    assertThat(checkpoint).doesNotExist();
    assertThat(checkpoint.resolveSibling(checkpoint.getFileName() + "-2/manifest.json")).exists();
  }

  @Test
  @EnabledIfSystemProperty(named = HOSTILE, matches = ALL)
  void killedInTheValidation() {
    drills.hold(HeldPhases.VALIDATION, 1, 2);
    DrillCluster.Disturbed run = drills.train("killed in the validation");
    kill(run, drills.awaitHeld(HeldPhases.VALIDATION, 1, "RankTask.validate"));
  }

  /** A machine that swaps, or a virtual one that is moved: the others wait for it. */
  @Test
  @EnabledIfSystemProperty(named = HOSTILE, matches = ALL)
  void stoppedAndContinuedWithinTheDeadline() throws Exception {
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run = drills.train("stopped and continued");
    ProcessHandle stopped = drills.awaitHeld(HeldPhases.FORWARD, 1, "RankTask.train");
    DrillCluster.signal("STOP", stopped);
    drills.release();
    Thread.sleep(2000);
    assertThat(Files.exists(run.directory().resolve("model"))).isFalse();
    DrillCluster.signal("CONT", stopped);
    run.assertAsUndisturbed();
  }

  /**
   * It has missed the end of its attempt, and must not take part in the next one with old steps.
   */
  @Test
  void stoppedForLongerThanTheDeadlineAndContinued() {
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run =
        drills.train("stopped for longer than the deadline", "cluster.deadline-seconds = 5");
    ProcessHandle stopped = drills.awaitHeld(HeldPhases.FORWARD, 1, "RankTask.train");
    DrillCluster.signal("STOP", stopped);
    long since = System.nanoTime();
    drills.release();
    run.awaitSaid(Pattern.compile("restart 1 of 3 from step 20 because of: "));
    DrillCluster.signal("CONT", stopped);
    run.recovered(1, since);
    run.assertAsUndisturbed(FROM);
  }

  /** Spark counts it as alive for two minutes more, and the run must not wait as long. */
  @Test
  void stoppedForGoodWhereFewerRanksAreAllowed() {
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run =
        drills.train("stopped for good", "cluster { min-ranks = 1, deadline-seconds = 5 }");
    ProcessHandle stopped = drills.awaitHeld(HeldPhases.FORWARD, 1, "RankTask.train");
    DrillCluster.signal("STOP", stopped);
    long since = System.nanoTime();
    drills.release();
    // Its peers wait for it, and then the next attempt does; a busy machine takes some time more.
    assertThat(run.recovered(2, since)).isBetween(Duration.ofSeconds(10), BEFORE_SPARK);
    int left = executors() - 1;
    run.awaitSaid(
        Pattern.compile(
            "goes on from step 20 with %d ranks? instead of %d, because no more could be started"
                .formatted(left, left + 1)));
    run.awaitSaid(Pattern.compile("from step 40 with %d rank".formatted(left + 1)));
    assertThat(run.end()).as(run::console).isEqualTo(RunsOnDemand.DONE);
    drills.assertLikeUndisturbed(run.directory());
  }

  @Test
  @EnabledIfSystemProperty(named = HOSTILE, matches = ALL)
  void stoppedForGoodWhereTheyAreNot() {
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run =
        drills.train("stopped for good, in vain", "cluster.deadline-seconds = 5");
    DrillCluster.signal("STOP", drills.awaitHeld(HeldPhases.FORWARD, 1, "RankTask.train"));
    long since = System.nanoTime();
    drills.release();
    assertThat(run.end())
        .startsWith(
            "TrainingFailedException: steps 20 to 40 failed 2 times, the last time because of: the"
                + " tasks of %d ranks were not launched within 5 s: ".formatted(executors()));
    Duration took = Duration.ofNanos(System.nanoTime() - since);
    System.out.printf(
        "%d ranks, stopped for good, in vain: an error after %s%n", executors(), took);
    assertThat(took).isLessThan(BEFORE_SPARK);
  }

  @Test
  @EnabledIfSystemProperty(named = HOSTILE, matches = ALL)
  void aRankThatIsSlowInEachStepIsWaitedFor() {
    drills.slow(1, Duration.ofMillis(40));
    drills.train("slow").assertAsUndisturbed();
  }
}
