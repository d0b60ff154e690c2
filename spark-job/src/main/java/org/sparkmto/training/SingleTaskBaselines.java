package org.sparkmto.training;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.options.ConfigurationException;

/**
 * A network of its own for every task, by the same code and configuration as a run of all: what
 * Delta_m compares with.
 *
 * <p>A store of them may hold those of many configurations and data sets, in folders {@code
 * TASK-KEY}, where the key is a digest of all settings but method and seed, and of the data. A run
 * finds those that were trained just as it is, or else those of the same network on the same data,
 * losses and augmentation, if there is only one: papers tune rate and length for each method. Those
 * that were trained into the directory of a run lie in {@code TASK}, and nothing is compared there.
 */
public final class SingleTaskBaselines {
  private static final int KEY_LENGTH = 12;

  /** Sections in which runs that are compared may differ. */
  private static final Set<String> TUNED =
      Set.of("run", "method", "optimizer", "schedule", "training", "selection");

  /** Keys that change what is said of a network, not the network. */
  private static final List<String> JUDGING = List.of("metrics.delta", "metrics.also");

  private SingleTaskBaselines() {}

  /**
   * Refuses whatever {@link #train} would refuse and can be without a cluster; writes nothing.
   *
   * @throws ConfigurationException if one of the networks cannot be trained as configured
   */
  public static void check(
      TrainingConfiguration given, TrainingRun.Start start, Configuration hadoop) {
    forEach(given, start, hadoop, TrainingRun::check, there -> {});
  }

  /**
   * Does what {@link #check} does, and says what each network would be, or that it is there.
   *
   * @throws ConfigurationException if one of the networks cannot be trained as configured
   */
  public static void dryRun(
      TrainingConfiguration given,
      TrainingRun.Start start,
      Configuration hadoop,
      PrintStream console) {
    forEach(
        given,
        start,
        hadoop,
        (single, its, files) -> {
          console.println("# the network of " + String.join(", ", single.data().tasks()));
          TrainingRun.dryRun(single, its, files, console);
        },
        there -> console.println("# there already: " + there));
  }

  /** A look at a network that is to be trained. */
  private interface Look {
    void at(TrainingConfiguration single, TrainingRun.Start start, Configuration hadoop);
  }

  private static void forEach(
      TrainingConfiguration given,
      TrainingRun.Start start,
      Configuration hadoop,
      Look missing,
      Consumer<String> complete) {
    TrainingConfiguration configuration = sealed(given, hadoop);
    DatasetManifest data = DatasetDirectory.open(configuration.dataDirectory(), hadoop).manifest();
    boolean store = configuration.baselines().isPresent();
    for (Task task : configuration.tasks(data)) {
      String place = place(configuration, task, data).toString();
      if (store
          && start != TrainingRun.Start.OVERWRITE
          && RunDirectory.of(place, hadoop).isComplete()) {
        complete.accept(place);
      } else {
        missing.at(configuration.single(task).at(place), in(store, start), hadoop);
      }
    }
  }

  /** A store is looked into by what networks are made of, so files are read before. */
  private static TrainingConfiguration sealed(TrainingConfiguration given, Configuration hadoop) {
    return given.baselines().isEmpty()
        ? given
        : NetworkScripts.sealed(given, NetworkScripts.named(given, false, hadoop));
  }

  private static Path place(TrainingConfiguration configuration, Task task, DatasetManifest data) {
    return configuration
        .baselines()
        .map(store -> new Path(store, folder(task, configuration, data)))
        .orElseGet(() -> new Path(configuration.runDirectory(), folder(task)));
  }

  /** In a store, what another run has begun goes on unless it is to be trained again. */
  private static TrainingRun.Start in(boolean store, TrainingRun.Start start) {
    return store && start == TrainingRun.Start.NEW ? TrainingRun.Start.RESUME : start;
  }

  /**
   * As {@link #train(JavaSparkContext, TrainingConfiguration, TrainingRun.Start, boolean,
   * PrintStream)}, leaving directories to other processes that have them.
   */
  public static List<RunDirectory> train(
      JavaSparkContext spark,
      TrainingConfiguration configuration,
      TrainingRun.Start start,
      PrintStream console)
      throws InterruptedException {
    return train(spark, configuration, start, false, console);
  }

  /**
   * Trains one network after the other, into {@code baselines.directory} if that is set and into
   * the run's directory otherwise; those that are complete are skipped on resume, and in a store.
   *
   * @param breakLease whether to take directories from other processes that may live
   */
  public static List<RunDirectory> train(
      JavaSparkContext spark,
      TrainingConfiguration given,
      TrainingRun.Start start,
      boolean breakLease,
      PrintStream console)
      throws InterruptedException {
    TrainingConfiguration configuration = sealed(given, spark.hadoopConfiguration());
    DatasetManifest data =
        DatasetDirectory.open(configuration.dataDirectory(), spark.hadoopConfiguration())
            .manifest();
    Optional<String> store = configuration.baselines();
    List<RunDirectory> runs = new ArrayList<>();
    for (Task task : configuration.tasks(data)) {
      TrainingConfiguration single = configuration.single(task);
      Path place = place(configuration, task, data);
      TrainingConfiguration there = single.at(place.toString());
      RunDirectory directory = RunDirectory.of(place.toString(), spark.hadoopConfiguration());
      if (store.isEmpty()) {
        runs.add(TrainingRun.run(spark, there, start, breakLease, console));
      } else if (start != TrainingRun.Start.OVERWRITE && directory.isComplete()) {
        console.println("[" + task.name() + "] there already: " + directory.name());
        runs.add(directory);
      } else {
        runs.add(TrainingRun.run(spark, there, in(true, start), breakLease, console));
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
  public static RunDirectory find(
      String directory,
      Task task,
      TrainingConfiguration configuration,
      DatasetManifest data,
      Configuration hadoop) {
    String stored = folder(task, configuration, data);
    List<RunDirectory> candidates = new ArrayList<>();
    for (String name : List.of(stored, folder(task))) {
      candidates.add(RunDirectory.of(new Path(directory, name).toString(), hadoop));
    }
    Optional<RunDirectory> exact = candidates.stream().filter(RunDirectory::hasModel).findFirst();
    return exact.orElseGet(
        () -> similar(directory, task, configuration.single(task), data, stored, hadoop));
  }

  /** The only network of the same kind on the same data. */
  private static RunDirectory similar(
      String directory,
      Task task,
      TrainingConfiguration single,
      DatasetManifest data,
      String stored,
      Configuration hadoop) {
    Map<String, String> wanted = sameNetwork(single.identity());
    Map<String, String> digests = digests(data);
    List<RunDirectory> found = new ArrayList<>();
    for (String name : RunDirectory.of(directory, hadoop).folders(folder(task) + "-[0-9a-f]+")) {
      RunDirectory run = RunDirectory.of(name, hadoop);
      Optional<Checkpoint> model =
          run.read(RunDirectory.MODEL + "/" + Checkpoint.MANIFEST).map(json -> manifest(run, json));
      if (model.isPresent()
          && sameNetwork(TrainingConfiguration.parse(model.get().configuration()).identity())
              .equals(wanted)
          && model.get().data().entrySet().containsAll(digests.entrySet())) {
        found.add(run);
      }
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new ConfigurationException(
        found.isEmpty()
            ? directory
                + " holds no network of task '"
                + task.name()
                + "' of this kind and data, neither "
                + stored
                + " nor "
                + folder(task)
                + "; train it with `spark-mto train --tasks one` and the run's configuration"
            : directory
                + " holds "
                + found.size()
                + " networks of task '"
                + task.name()
                + "' that differ in rate, length or optimiser, none trained as this run is; keep"
                + " one of them: "
                + String.join(", ", found.stream().map(RunDirectory::name).toList()));
  }

  private static Checkpoint manifest(RunDirectory run, String json) {
    try {
      return Checkpoint.parse(json, RunDirectory.MODEL);
    } catch (UnsoundException e) {
      throw new ConfigurationException(
          run.name() + "/" + e.getMessage() + "; copy it again, or train that network again", e);
    }
  }

  /** What makes two networks comparable: all that is not a matter of tuning. */
  private static Map<String, String> sameNetwork(Map<String, String> identity) {
    Map<String, String> same = new TreeMap<>(identity);
    same.keySet()
        .removeIf(
            key ->
                TUNED.contains(key.substring(0, key.indexOf('.')))
                    || JUDGING.stream().anyMatch(key::startsWith));
    return same;
  }

  private static Map<String, String> digests(DatasetManifest data) {
    Map<String, String> digests = new TreeMap<>();
    data.splits().forEach((name, split) -> digests.put("digest of " + name, split.digest()));
    return digests;
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
      Checkpoint model = manifest(run, json);
      Map<String, Double> found = model.validation().get(task.name());
      if (found == null) {
        throw new ConfigurationException(
            run.name()
                + model
                    .unfinished()
                    .map(how -> " " + how + ", and nothing was evaluated there")
                    .orElse(
                        " was not evaluated on a validation split; train it with data.validation"));
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
    with.put("training.steps", Integer.toString(configuration.training().steps()));
    with.put("training.epochs", Integer.toString(configuration.training().epochs()));
    with.putAll(digests(data));
    MessageDigest sha = ContentDigest.sha256();
    byte[] digest = sha.digest(with.toString().getBytes(StandardCharsets.UTF_8));
    String key = ContentDigest.hex(digest).substring(0, KEY_LENGTH);
    return folder(task) + "-" + key;
  }
}
