package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cluster.Machines;
import org.sparkmto.cluster.StandaloneCluster;

/**
 * Machines that are gone without a word: no connection is closed, and whatever is sent to them is
 * lost. Four machines, three ranks; one machine after the other goes, and then they come back. Here
 * they have one memory, which machines have not, so ranks are told not to share it.
 */
@Tag("hostile")
@EnabledIfSystemProperty(named = ExecutorDrills.HOSTILE, matches = ExecutorDrills.ALL)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MachineGoneIT {
  private static final int MACHINES = 4;
  private static final int RANKS = 3;
  private static final int STEP = 30;
  private static final Duration MISSED = Duration.ofSeconds(10);

  @TempDir static Path folder;

  private static Machines machines;
  private static DrillCluster drills;

  @BeforeAll
  static void start() throws Exception {
    machines = Machines.behindABridge(MACHINES);
    drills =
        new DrillCluster(
            folder,
            StandaloneCluster.startOn(
                machines, 1, "-Dspark.worker.timeout=" + 2 * MISSED.toSeconds()),
            RANKS,
            Map.of(
                "spark.cores.max",
                String.valueOf(MACHINES),
                "spark.network.timeout",
                MISSED.toSeconds() + "s",
                "spark.network.timeoutInterval",
                "1s",
                "spark.executor.heartbeatInterval",
                "2s"));
    drills.awaitAlive(MACHINES);
  }

  @AfterAll
  static void stop() {
    if (drills != null) {
      drills.close();
    }
    if (machines != null) {
      machines.close();
    }
  }

  /** Holds a rank in the middle of a step, cuts its machine off, and lets all go on. */
  private static int cut(int rank) throws Exception {
    ProcessHandle held = drills.awaitHeld(HeldPhases.FORWARD, rank, "RankTask.train");
    ProcessHandle worker = held.parent().orElseThrow();
    int machine = drills.cluster().workers().indexOf(worker);
    machines.cut(machine);
    drills.release();
    return machine;
  }

  @Test
  @Order(1)
  void oneThatIsGoneDuringAStepIsReplacedByAnother() throws Exception {
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run =
        drills.train(
            "machine gone, another there", "cluster { deadline-seconds = 20, peers = gloo }");
    cut(1);
    long since = System.nanoTime();
    assertThat(run.recovered(1, since)).isLessThan(MISSED.plusSeconds(15));
    run.assertAsUndisturbed(DrillCluster.SEGMENT);
  }

  @Test
  @Order(2)
  void withoutAnotherTheRunGoesOnWithFewerRanksIfItMay() throws Exception {
    drills.awaitAlive(RANKS);
    drills.hold(HeldPhases.FORWARD, 1, STEP);
    DrillCluster.Disturbed run =
        drills.train(
            "machine gone, fewer ranks",
            "cluster { deadline-seconds = 20, min-ranks = 1, peers = gloo }");
    cut(1);
    run.awaitSaid(Pattern.compile("goes on from step 20 with 2 ranks instead of 3"));
    assertThat(run.end()).as(run::console).isEqualTo(RunsOnDemand.DONE);
    drills.assertLikeUndisturbed(run.directory());
  }

  @Test
  @Order(3)
  void thoseThatAreBackTakePartAgainAndWithoutThemARunEndsInTime() throws Exception {
    for (int machine = 0; machine < MACHINES; machine++) {
      machines.join(machine);
    }
    drills.awaitAlive(MACHINES);
    drills.train("machines back", "cluster.peers = gloo").assertAsUndisturbed();

    Duration deadline = Duration.ofSeconds(15);
    drills.hold(HeldPhases.FORWARD, 3, STEP);
    DrillCluster.Disturbed run =
        drills.train(
            "machine gone, no other",
            "cluster { ranks = 4, deadline-seconds = %d, peers = gloo }"
                .formatted(deadline.toSeconds()));
    cut(3);
    long since = System.nanoTime();
    assertThat(run.end())
        .startsWith("TrainingFailedException: steps 20 to 40 failed 2 times, the last time because")
        .contains("the tasks of 4 ranks were not launched within 15 s: 3 executors are alive");
    Duration took = Duration.ofNanos(System.nanoTime() - since);
    System.out.printf("4 ranks, machine gone, no other: an error after %s%n", took);
    assertThat(took).isLessThan(MISSED.plus(deadline).plusSeconds(10));
  }
}
