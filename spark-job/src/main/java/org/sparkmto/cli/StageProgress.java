package org.sparkmto.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.sparkmto.naming.Counted;

/**
 * Says how far each described stage of a Spark job is and when it will be done, at most every two
 * seconds. The estimate takes the remaining tasks to be like the finished ones.
 */
final class StageProgress extends SparkListener {
  private static final long PAUSE_NANOS = Duration.ofSeconds(2).toNanos();

  private final PrintWriter console;
  private final String job;
  private final Map<Integer, Stage> stages = new HashMap<>();
  private long spoken = System.nanoTime();

  private static final class Stage {
    private final String description;
    private final int tasks;
    private final long started = System.nanoTime();
    private int done;

    Stage(String description, int tasks) {
      this.description = description;
      this.tasks = tasks;
    }
  }

  StageProgress(PrintWriter console, String job) {
    this.console = console;
    this.job = job;
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
    String description = event.properties().getProperty("spark.job.description");
    if (description != null) {
      stages.put(event.stageInfo().stageId(), new Stage(description, event.stageInfo().numTasks()));
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    Stage stage = stages.get(event.stageId());
    if (stage == null || event.reason() != Success$.MODULE$) {
      return;
    }
    stage.done++;
    long now = System.nanoTime();
    if (stage.done == stage.tasks || now - spoken < PAUSE_NANOS) {
      return;
    }
    spoken = now;
    long left = Math.round((now - stage.started) / 1e9 / stage.done * (stage.tasks - stage.done));
    console.printf(
        Locale.ROOT,
        "[%s] %s: %d of %s (%d%%)  ETA %d:%02d%n",
        job,
        stage.description,
        stage.done,
        Counted.of(stage.tasks, "file"),
        100L * stage.done / stage.tasks,
        left / 60,
        left % 60);
    console.flush();
  }

  @Override
  public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
    stages.remove(event.stageInfo().stageId());
  }
}
