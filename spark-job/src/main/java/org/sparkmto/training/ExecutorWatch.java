package org.sparkmto.training;

import java.time.Duration;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Ends the jobs of a session that wait for executors in vain. Spark itself waits for ever: for a
 * queue without room, for workers that are too small, for machines that went away.
 */
public final class ExecutorWatch implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration FIRST_WORD = Duration.ofSeconds(10);
  private static final Duration NEXT_WORD = Duration.ofSeconds(30);

  private final JavaSparkContext spark;
  private final Cluster cluster;
  private final Duration deadline;
  private final Consumer<String> console;
  private final Thread thread = new Thread(this::look, "executor-watch");

  private ExecutorWatch(JavaSparkContext spark, Duration deadline, Consumer<String> console) {
    this.spark = spark;
    this.cluster = new Cluster(spark);
    this.deadline = deadline;
    this.console = console;
    thread.setDaemon(true);
  }

  /**
   * Watches from now on. A local session has no executors to wait for.
   *
   * @param deadline without any living executor while a job is there
   * @param console hears what is waited for, after 10 s and then every 30 s
   */
  public static ExecutorWatch over(
      JavaSparkContext spark, Duration deadline, Consumer<String> console) {
    ExecutorWatch watch = new ExecutorWatch(spark, deadline, console);
    if (!watch.cluster.local()) {
      watch.thread.start();
    }
    return watch;
  }

  private void look() {
    long alone = -1; // since when there are jobs and no executor
    Duration nextWord = FIRST_WORD;
    while (!spark.sc().isStopped()) {
      try {
        Thread.sleep(LOOK.toMillis());
      } catch (InterruptedException e) {
        return;
      }
      int[] jobs = spark.statusTracker().getActiveJobIds();
      if (jobs.length == 0 || cluster.executors() > 0) {
        alone = -1;
        nextWord = FIRST_WORD;
        continue;
      }
      long now = System.nanoTime();
      alone = alone < 0 ? now : alone;
      Duration waited = Duration.ofNanos(now - alone);
      if (waited.compareTo(deadline) >= 0) {
        String reason =
            "no executor was alive for %d s, %s".formatted(deadline.toSeconds(), cluster.wishes());
        for (int job : jobs) {
          spark.sc().cancelJob(job, reason);
        }
        alone = -1; // what follows these jobs waits anew
      } else if (waited.compareTo(nextWord) >= 0) {
        console.accept(
            "waiting for an executor: none is alive; for %d s now, at most %d s"
                .formatted(waited.toSeconds(), deadline.toSeconds()));
        nextWord = nextWord.plus(NEXT_WORD);
      }
    }
  }

  /** Watches no longer. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
