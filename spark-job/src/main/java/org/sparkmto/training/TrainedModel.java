package org.sparkmto.training;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.evaluation.SeedAverage;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.input.SplitSource;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.Tally;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.LogFormatException;
import org.sparkmto.runlog.SeedEvaluation;

/** The model that a run left, and what it is worth on a split. */
public final class TrainedModel {
  private final RunDirectory run;
  private final Checkpoint manifest;
  private final boolean sealed;
  private final TrainingConfiguration configuration;

  private TrainedModel(RunDirectory run, Checkpoint manifest, boolean sealed) {
    this.run = run;
    this.manifest = manifest;
    this.sealed = sealed;
    this.configuration = TrainingConfiguration.parse(manifest.configuration());
  }

  /**
   * Opens the model of a run.
   *
   * @throws ConfigurationException if the run has left none
   */
  public static TrainedModel open(String runDirectory, Configuration hadoop) {
    RunDirectory run = RunDirectory.of(runDirectory, hadoop);
    Optional<String> json = run.read(RunDirectory.MODEL + "/" + Checkpoint.MANIFEST);
    if (json.isEmpty()) {
      throw new ConfigurationException(
          run.name()
              + " holds no trained model; "
              + (RunContents.isRun(run)
                  ? "finish the run with train --resume"
                  : run.exists() ? "it is not the directory of a run" : "there is no such run"));
    }
    return of(run, json.get());
  }

  /**
   * The model of a run, by the manifest that somebody has read already: executors use the one that
   * the driver saw, so that all of them use the same weights.
   *
   * @throws ConfigurationException if the manifest is damaged
   */
  public static TrainedModel of(String runDirectory, String manifest, Configuration hadoop) {
    return of(RunDirectory.of(runDirectory, hadoop), manifest);
  }

  static TrainedModel of(RunDirectory run, String manifest) {
    try {
      Checkpoint parsed = Checkpoint.parse(manifest, RunDirectory.MODEL);
      return new TrainedModel(run, parsed, Checkpoint.isSealed(manifest));
    } catch (UnsoundException e) {
      throw damaged(run.name() + "/" + e.getMessage(), e);
    }
  }

  private static ConfigurationException damaged(String what, UnsoundException e) {
    return new ConfigurationException(
        what + "; copy the model again, or publish it again with train --resume", e);
  }

  /** Its manifest, for {@link #of(String, String, Configuration)} elsewhere. */
  public String manifest() {
    return manifest.toJson();
  }

  /** What to tell people who use it; nothing if all is well. */
  public Optional<String> caution() {
    return sealed
        ? Optional.empty()
        : Optional.of(
            run.name()
                + " holds a model of format 1, whose manifest has no digest of its own: it is taken"
                + " as it stands");
  }

  /** Names of the tasks it was trained for. */
  public List<String> tasks() {
    return manifest.tasks();
  }

  /** Full name of its run's directory, the same for every machine. */
  public String run() {
    return run.name();
  }

  /** Steps that it was trained for. */
  public long step() {
    return manifest.step();
  }

  /**
   * SHA-256 of its weights, lower-case hexadecimal: of those that were used, wherever they were.
   */
  public String digest() {
    return manifest.weights().sha256();
  }

  /** Directory of the data set that it was trained on, the same from every working directory. */
  String dataDirectory() {
    String resolved = manifest.data().get("directory");
    return resolved == null ? configuration.dataDirectory() : resolved;
  }

  /**
   * The data set to use it on.
   *
   * @param asked directory of another one, if that is wanted; by default that of its training
   * @param whole whether the shards must be there
   * @throws ConfigurationException if, without being asked for, the data are others than those that
   *     it was trained on; the message says in what
   * @throws org.sparkmto.data.DataContractException if there is no such data set
   */
  public DatasetDirectory dataset(Optional<String> asked, boolean whole, Configuration hadoop) {
    String directory = asked.orElse(dataDirectory());
    DatasetDirectory dataset =
        whole
            ? DatasetDirectory.open(directory, hadoop)
            : DatasetDirectory.announced(directory, hadoop);
    if (asked.isEmpty()) {
      requireSame(dataset);
    }
    return dataset;
  }

  private void requireSame(DatasetDirectory dataset) {
    Map<String, String> found = new TreeMap<>(RunPlan.data(dataset));
    List<String> others =
        manifest.data().entrySet().stream()
            .filter(then -> !then.getKey().equals("directory"))
            .filter(then -> !then.getValue().equals(found.get(then.getKey())))
            .map(Map.Entry::getKey)
            .toList();
    if (!others.isEmpty()) {
      throw new ConfigurationException(
          dataset.root()
              + " is not what "
              + run.name()
              + " was trained on: the "
              + String.join(", the ", others)
              + " is another; restore the data set, or name it with --data to use it on purpose");
    }
  }

  /**
   * Its network for the samples of a data set, which may be another than it was trained on.
   *
   * @throws ConfigurationException if the data set has not the model's tasks, or images that the
   *     network cannot take
   */
  public NetworkPlan plan(DatasetManifest contents) {
    NetworkPlan plan = standardised(configuration.networkPlan(contents));
    List<String> found = plan.tasks().stream().map(Task::name).toList();
    if (!found.equals(tasks())) {
      throw new ConfigurationException(
          "the model of "
              + run.name()
              + " was trained for the tasks "
              + tasks()
              + ", data set '"
              + contents.dataset()
              + "' has "
              + found);
    }
    try {
      new Checkpoints(run).read(RunDirectory.MODEL, manifest.weights(), plan::checkWeights);
    } catch (UnsoundException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    } catch (ConfigurationException e) {
      throw new ConfigurationException(
          e.getMessage()
              + "; the model does not fit data set '"
              + contents.dataset()
              + "', whose tasks or images are others",
          e);
    }
    return plan;
  }

  /** Inputs are standardised as they were in training, also those of another data set. */
  private NetworkPlan standardised(NetworkPlan plan) {
    return manifest.statistics().isEmpty() ? plan : plan.normalised(manifest.statistics());
  }

  /**
   * Evaluates the model on all executors and writes {@code evaluation-SPLIT.json} into its run.
   *
   * @param split name of the split
   * @param data directory of the data set, if it is not the one it was trained on
   * @param baseline directory of single-task baselines to compare with; those that were not
   *     evaluated on this split yet are evaluated now
   * @throws ConfigurationException if the data set lacks the split or a task, or a baseline is
   *     missing
   */
  public Evaluated evaluate(
      JavaSparkContext spark, String split, Optional<String> data, Optional<String> baseline) {
    DatasetDirectory dataset = dataset(data, true, spark.hadoopConfiguration());
    plan(dataset.manifest()); // says here what would otherwise be an executor's trouble
    Scores scores = scores(spark, dataset, split);
    Optional<RelativePerformance> delta =
        baseline.map(directory -> compare(spark, dataset, split, data, scores, directory));
    Evaluation evaluation =
        new Evaluation(
            split,
            manifest.step(),
            scores.tasks(),
            scores.mean(),
            delta.map(relative -> written(relative, baseline.orElseThrow())));
    run.write(Evaluation.file(split), evaluation.toJson());
    return new Evaluated(scores, delta);
  }

  /**
   * What an evaluation found.
   *
   * @param scores metrics by task
   * @param delta the comparison with single-task baselines, if there was one to compare with
   */
  public record Evaluated(Scores scores, Optional<RelativePerformance> delta) {}

  /** What runs that differ in their seed alone reached. */
  public static SeedAverage average(List<Evaluated> runs) {
    return new SeedAverage(
        runs.stream().map(Evaluated::scores).toList(),
        runs.stream().flatMap(run -> run.delta().stream()).toList());
  }

  /** The record of a comparison with the networks of a directory, which may be empty. */
  public static Evaluation.Delta written(RelativePerformance relative, String baseline) {
    return new Evaluation.Delta(
        relative.taskWeighted(),
        relative.metricWeighted(),
        relative.convention().text(),
        relative.counted(),
        baseline);
  }

  /** Writes {@code evaluation-SPLIT.json} of all of them into the directory above theirs. */
  public static void writeAverage(RunDirectory above, String split, List<Evaluated> runs) {
    Map<String, Map<String, SeedEvaluation.Spread>> tasks = new LinkedHashMap<>();
    SeedAverage average = average(runs);
    average
        .tasks()
        .forEach(
            (task, metrics) -> {
              Map<String, SeedEvaluation.Spread> spreads = new LinkedHashMap<>();
              metrics.forEach((metric, spread) -> spreads.put(metric, written(spread)));
              tasks.put(task, spreads);
            });
    SeedEvaluation evaluation =
        new SeedEvaluation(
            split,
            runs.size(),
            tasks,
            average
                .delta()
                .map(
                    delta ->
                        new SeedEvaluation.Delta(
                            written(delta.taskWeighted()),
                            written(delta.metricWeighted()),
                            delta.one().convention().text(),
                            delta.one().counted())));
    above.write(Evaluation.file(split), evaluation.toJson());
  }

  private static SeedEvaluation.Spread written(SeedAverage.Spread spread) {
    return new SeedEvaluation.Spread(spread.mean(), spread.deviation());
  }

  private Scores scores(JavaSparkContext spark, DatasetDirectory dataset, String split) {
    DatasetManifest contents = dataset.manifest();
    contents.split(split);
    SplitEvaluation evaluation = configuration.evaluation(contents);
    int parts = Math.max(1, new Cluster(spark).slots());
    Part part =
        new Part(
            run.name(),
            manifest(),
            contents.toJson(),
            dataset.root().toString(),
            split,
            parts,
            new SerializableConfiguration(spark.hadoopConfiguration()));
    List<Integer> numbers = IntStream.range(0, parts).boxed().toList();
    List<Tally> tallies = evaluation.nothing();
    ExecutorTrouble.inOwnWords(() -> spark.parallelize(numbers, parts).map(part).collect())
        .forEach(counted -> SplitEvaluation.add(tallies, counted));
    return evaluation.scores(tallies);
  }

  /** One executor's part of an evaluation. */
  private static final class Part implements Function<Integer, List<Tally>>, Serializable {
    private static final long serialVersionUID = 1;

    private final String run;
    private final String model;
    private final String manifest;
    private final String data;
    private final String split;
    private final int parts;
    private final SerializableConfiguration hadoop;

    Part(
        String run,
        String model,
        String manifest,
        String data,
        String split,
        int parts,
        SerializableConfiguration hadoop) {
      this.run = run;
      this.model = model;
      this.manifest = manifest;
      this.data = data;
      this.split = split;
      this.parts = parts;
      this.hadoop = hadoop;
    }

    @Override
    public List<Tally> call(Integer number) {
      ComputeThreads.use(Math.max(1, TaskContext.get().cpus()));
      DatasetManifest contents = DatasetManifest.parse(manifest, data);
      TrainedModel trained = of(run, model, hadoop.value());
      List<Task> tasks = trained.configuration.tasks(contents);
      try (Replica replica = trained.replica(contents)) {
        SplitSource source =
            new SplitSource(
                contents, new Path(data), hadoop.value(), split, SplitEvaluation.columns(tasks));
        return trained.configuration.evaluation(contents).count(replica, source, number, parts);
      }
    }
  }

  /**
   * The network with the trained weights, in the memory of this JVM; the caller closes it.
   *
   * @throws ConfigurationException if the weights are not what the manifest says, or of another
   *     network
   * @throws java.io.UncheckedIOException if they cannot be read
   */
  public Replica replica(DatasetManifest contents) {
    Replica replica = Replica.of(standardised(configuration.networkPlan(contents)), Draws.of(0));
    try {
      new Checkpoints(run).read(RunDirectory.MODEL, manifest.weights(), replica.weights()::read);
    } catch (UnsoundException e) {
      replica.close();
      throw damaged(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      replica.close();
      throw e;
    }
    return replica;
  }

  private RelativePerformance compare(
      JavaSparkContext spark,
      DatasetDirectory dataset,
      String split,
      Optional<String> data,
      Scores scores,
      String baseline) {
    Map<String, Map<String, Double>> singles = new LinkedHashMap<>();
    for (Task task : configuration.tasks(dataset.manifest())) {
      RunDirectory single =
          SingleTaskBaselines.find(
              baseline, task, configuration, dataset.manifest(), spark.hadoopConfiguration());
      String directory = single.name();
      if (single.read(Evaluation.file(split)).isEmpty()) {
        open(directory, spark.hadoopConfiguration()).evaluate(spark, split, data, Optional.empty());
      }
      String json = single.read(Evaluation.file(split)).orElseThrow();
      singles.put(
          task.name(), metrics(json, task.name(), directory + "/" + Evaluation.file(split)));
    }
    try {
      return RelativePerformance.against(
          singles,
          scores.tasks(),
          configuration.evaluation(dataset.manifest()).counted(),
          RelativePerformance.Convention.DROP);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--baseline " + baseline + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, Double> metrics(String json, String task, String file) {
    try {
      return Evaluation.parse(json, file).tasks().getOrDefault(task, Map.of());
    } catch (LogFormatException e) {
      throw new ConfigurationException(e.getMessage(), e);
    }
  }
}
