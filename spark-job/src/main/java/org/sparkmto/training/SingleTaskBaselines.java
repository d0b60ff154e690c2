package org.sparkmto.training;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.config.ConfigurationException;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;

/**
 * A network of its own for every task, by the same code and configuration as a run of all: what
 * Delta_m compares with.
 *
 * <p>A store of them may hold those of many configurations and data sets. A run finds its own by
 * what they were trained with: everything but method, seed and what may change between a checkpoint
 * and its resumption, and the digests of the data. They lie in {@code TASK-KEY}, or, trained into a
 * directory of a run, in {@code TASK}, where nothing is compared.
 */
public final class SingleTaskBaselines {
  private static final int KEY_LENGTH = 12;

  private SingleTaskBaselines() {}

  /**
   * Trains one network after the other, into {@code baselines.directory} if that is set and into
   * the run's directory otherwise; those that are complete are skipped on resume, and in a store.
   */
  public static List<RunDirectory> train(
      JavaSparkContext spark,
      TrainingConfiguration configuration,
      TrainingRun.Start start,
      PrintStream console)
      throws InterruptedException {
    DatasetManifest data =
        DatasetDirectory.open(configuration.dataDirectory(), spark.hadoopConfiguration())
            .manifest();
    Optional<String> store = configuration.baselines();
    List<RunDirectory> runs = new ArrayList<>();
    for (Task task : configuration.tasks(data)) {
      TrainingConfiguration single = configuration.single(task);
      Path place =
          store.isPresent()
              ? new Path(store.get(), folder(task, configuration, data))
              : new Path(configuration.runDirectory(), folder(task));
      TrainingConfiguration there = single.at(place.toString());
      RunDirectory directory = RunDirectory.of(place.toString(), spark.hadoopConfiguration());
      if (store.isEmpty()) {
        runs.add(TrainingRun.run(spark, there, start, console));
      } else if (start != TrainingRun.Start.OVERWRITE && directory.isComplete()) {
        console.println("[" + task.name() + "] there already: " + directory.name());
        runs.add(directory);
      } else {
        runs.add(
            TrainingRun.run(
                spark,
                there,
                start == TrainingRun.Start.OVERWRITE ? start : TrainingRun.Start.RESUME,
                console));
      }
    }
    return runs;
  }

  /**
   * The run of a task's own network.
   *
   * @param directory a store, or the directory of a run of all of them
   * @throws ConfigurationException if there is none; the message says what was looked for
   */
  static RunDirectory find(
      String directory,
      Task task,
      TrainingConfiguration configuration,
      DatasetManifest data,
      Configuration hadoop) {
    String stored = folder(task, configuration, data);
    for (String name : List.of(stored, folder(task))) {
      RunDirectory run = RunDirectory.of(new Path(directory, name).toString(), hadoop);
      if (run.isComplete()) {
        return run;
      }
    }
    throw new ConfigurationException(
        directory
            + " holds no network of task '"
            + task.name()
            + "' that was trained as this run was: neither "
            + stored
            + " nor "
            + folder(task)
            + "; train it with `spark-mto train --tasks one` and the run's configuration");
  }

  /**
   * What the single-task networks reached on the validation split.
   *
   * @return metrics by task
   * @throws ConfigurationException if one is missing
   */
  static Map<String, Map<String, Double>> validation(
      String directory,
      List<Task> tasks,
      TrainingConfiguration configuration,
      DatasetManifest data,
      Configuration hadoop) {
    Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
    for (Task task : tasks) {
      RunDirectory run = find(directory, task, configuration, data, hadoop);
      String json = run.read(RunDirectory.MODEL + "/" + Checkpoint.MANIFEST).orElseThrow();
      Map<String, Double> found =
          Checkpoint.parse(json, RunDirectory.MODEL).validation().get(task.name());
      if (found == null) {
        throw new ConfigurationException(
            run.name() + " was not evaluated on a validation split; train it with data.validation");
      }
      metrics.put(task.name(), found);
    }
    return metrics;
  }

  /** The folder of a task's run: its name, with nothing in it that a path could take for more. */
  static String folder(Task task) {
    return task.name().replaceAll("[^A-Za-z0-9_.-]", "_").replaceAll("^\\.+", "_");
  }

  /** The folder in a store: the name and a digest of what the network is trained with. */
  private static String folder(
      Task task, TrainingConfiguration configuration, DatasetManifest data) {
    Map<String, String> with = new TreeMap<>(configuration.single(task).identity());
    with.remove("run.seed");
    with.put("training.steps", Long.toString(configuration.number("training.steps")));
    with.put("training.epochs", Long.toString(configuration.number("training.epochs")));
    data.splits().forEach((name, split) -> with.put("digest of " + name, split.digest()));
    MessageDigest sha = ContentDigest.sha256();
    byte[] digest = sha.digest(with.toString().getBytes(StandardCharsets.UTF_8));
    String key = ContentDigest.hex(digest).substring(0, KEY_LENGTH);
    return folder(task) + "-" + key;
  }
}
