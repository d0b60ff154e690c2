package org.sparkmto.training;

import com.typesafe.config.ConfigUtil;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.Task;

/**
 * A network of its own for every task, by the same code and configuration as a run of all: what
 * Delta_m compares with. The run of task T lies in {@code T} below the run's directory.
 */
public final class SingleTaskBaselines {
  private SingleTaskBaselines() {}

  /** Trains one network after the other; those that are complete are skipped on resume. */
  public static List<RunDirectory> train(
      JavaSparkContext spark,
      TrainingConfiguration configuration,
      TrainingRun.Start start,
      PrintStream console)
      throws InterruptedException {
    DatasetDirectory dataset =
        DatasetDirectory.open(configuration.dataDirectory(), spark.hadoopConfiguration());
    List<RunDirectory> runs = new ArrayList<>();
    for (Task task : configuration.tasks(dataset.manifest())) {
      TrainingConfiguration single =
          configuration.with(
              "data.tasks = ["
                  + ConfigUtil.quoteString(task.name())
                  + "]\nrun.directory = "
                  + ConfigUtil.quoteString(
                      new Path(configuration.runDirectory(), folder(task)).toString()));
      runs.add(TrainingRun.run(spark, single, start, console));
    }
    return runs;
  }

  /** The folder of a task's run: its name, with nothing in it that a path could take for more. */
  public static String folder(Task task) {
    return task.name().replaceAll("[^A-Za-z0-9_.-]", "_").replaceAll("^\\.+", "_");
  }
}
