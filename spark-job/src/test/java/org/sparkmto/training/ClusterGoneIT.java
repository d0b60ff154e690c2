package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cli.Main;
import org.sparkmto.cluster.StandaloneCluster;
import org.sparkmto.cluster.SubmittedApplication;
import org.sparkmto.runlog.MetricsLog;

/** A cluster whose machines go away in the middle of a run and do not come back. */
class ClusterGoneIT {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration DEADLINE = Duration.ofSeconds(14);

  @TempDir static Path folder;

  @Test
  void theRunSaysWhatItWaitsForAndEndsAtItsDeadline() throws Exception {
    Path data = StripesDataset.write(folder.resolve("stripes"));
    Path run = folder.resolve("run");
    Path file =
        Files.writeString(
            folder.resolve("run.conf"),
            Runs.configuration(
                    data,
                    run,
                    "training.steps = 100000",
                    "checkpoint.every-steps = 100000",
                    "cluster.ranks = 2",
                    "cluster.max-restarts = 3",
                    "cluster.deadline-seconds = " + DEADLINE.toSeconds())
                .render());
    try (StandaloneCluster cluster = StandaloneCluster.start(2, 1)) {
      SubmittedApplication tooLarge =
          cluster
              .application(Main.class.getName())
              .conf("spark.executor.cores", "4")
              .arguments("train", "-c", file.toString(), "--set", "run.directory=" + run + "-2")
              .submit();
      SubmittedApplication waiting =
          cluster
              .application(Main.class.getName())
              .conf("spark.executor.cores", "4")
              .arguments("validate", data.toString(), "--executor-deadline", "3")
              .submit();
      assertThat(tooLarge.waitFor(START)).as(tooLarge::stderr).isEqualTo(2);
      assertThat(tooLarge.stderr())
          .contains(
              "cluster.ranks = 2, but "
                  + cluster.url()
                  + " runs 0 tasks at a time; no executor has started, each of which asks for"
                  + " spark.executor.cores = 4 and spark.executor.memory = 1g; the largest of 2"
                  + " workers has 1 core and 16384 MiB. Lower the setting that does not fit");
      assertThat(waiting.waitFor(START)).as(waiting::stderr).isEqualTo(1);
      assertThat(waiting.stderr())
          .contains(
              "no executor was alive for 3 s, each of which asks for spark.executor.cores = 4 and"
                  + " spark.executor.memory = 1g; the largest of 2 workers has 1 core ");
      // After those, which only wait: until it is disturbed, this one is at work.
      SubmittedApplication application =
          cluster
              .application(Main.class.getName())
              .arguments("train", "--config", file.toString())
              .submit();
      awaitStep(application, run);
      cluster.workers().forEach(ProcessHandle::destroyForcibly);
      cluster.executors().forEach(ProcessHandle::destroyForcibly);
      long gone = System.nanoTime();
      assertThat(application.waitFor(START)).as(application::stderr).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - gone))
          .isBetween(DEADLINE, DEADLINE.plusSeconds(15));
      assertThat(application.stdout())
          .contains("restart 1 of 3 from step 0 because of: ")
          .containsPattern(
              "waiting for the tasks of 2 ranks to be launched: 0 executors are alive, which run"
                  + " 0 tasks at a time; for 1\\d s now, at most 14 s")
          .doesNotContain("restart 2");
      assertThat(application.stderr())
          .contains(
              "spark-mto train failed: TrainingFailedException: steps 0 to 100000 failed 2 times,"
                  + " the last time because of: the tasks of 2 ranks were not launched within 14 s:"
                  + " 0 executors are alive, which run 0 tasks at a time");
      // Quiet: what Spark says is in a file, and its name on the screen.
      assertThat(application.stderr()).doesNotContain(" INFO ").contains("Spark's log: /");
      assertThat(application.log()).contains(" INFO ").contains("spark-mto train run");
    }
  }

  private static void awaitStep(SubmittedApplication application, Path run)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    Path log = run.resolve(MetricsLog.FILE);
    while (!Files.exists(log) || !Files.readString(log).contains("\"step\":5,")) {
      assertThat(System.nanoTime()).as(application::stderr).isLessThan(end);
      assertThat(application.driver().isAlive()).as(application::stderr).isTrue();
      Thread.sleep(20);
    }
  }
}
