package org.sparkmto.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.SampleSchema;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.evaluation.SplitCounts;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.input.SplitSource;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.network.WarmTensors;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.runlog.Evaluation;

/**
 * The tasks of a configuration that a model knows, too, and what the model is worth on a split in
 * these alone, as the configuration judges it: so models that were trained for different tasks
 * compare. Nothing is written.
 */
public final class SharedTasks {
  private final TrainedModel model;
  private final TrainingConfiguration judge;
  private final DatasetManifest contents;
  private final List<Task> tasks;

  private SharedTasks(
      TrainedModel model, TrainingConfiguration judge, DatasetManifest contents, List<Task> tasks) {
    this.model = model;
    this.judge = judge;
    this.contents = contents;
    this.tasks = tasks;
  }

  /**
   * Finds the tasks: of the same names, kinds, classes and heads.
   *
   * @param judge the configuration that the model is compared by
   * @param contents the data set
   * @throws ConfigurationException if its network cannot take the inputs of the data set, or the
   *     weights of the model are damaged
   */
  public static SharedTasks of(
      TrainedModel model, TrainingConfiguration judge, DatasetManifest contents) {
    List<Task> alike = judge.tasks(contents).stream().filter(task -> isAlike(model, task)).toList();
    if (alike.isEmpty()) {
      return new SharedTasks(model, judge, contents, alike);
    }
    Set<String> heads = new TreeSet<>();
    NetworkPlan plan = plan(model, contents, alike);
    model.readWeights(
        (in, where) ->
            heads.addAll(
                WarmTensors.match(plan, new SafetensorsReader(in, where).tensors(), false, where)
                    .heads()));
    return new SharedTasks(
        model,
        judge,
        contents,
        alike.stream().filter(task -> heads.contains(task.name())).toList());
  }

  private static boolean isAlike(TrainedModel model, Task task) {
    Optional<DatasetManifest> schema = model.schema();
    return schema.isEmpty()
        ? model.tasks().contains(task.name())
        : schema.get().tasks().stream()
            .anyMatch(
                known ->
                    known.name().equals(task.name())
                        && known.kind() == task.kind()
                        && known.classes() == task.classes());
  }

  /** Its network with the heads of these tasks alone. */
  private static NetworkPlan plan(TrainedModel model, DatasetManifest contents, List<Task> tasks) {
    DatasetManifest narrowed =
        SampleSchema.of(contents, tasks).withoutSamples(contents.statistics());
    return model.ofModel(model.configuration().modelPlan(narrowed));
  }

  /** Names of the tasks, in the order of the data set. */
  public List<String> names() {
    return tasks.stream().map(Task::name).toList();
  }

  /** How they are judged; there must be one or more. */
  public SplitEvaluation evaluation() {
    return SplitEvaluation.of(contents, tasks, judge.metrics()).decidedBy(model.thresholds());
  }

  /**
   * What the model is worth in them.
   *
   * @param dataset of the manifest that they were found by
   */
  public Scores scores(JavaSparkContext spark, DatasetDirectory dataset, String split) {
    int parts = Math.max(1, new Cluster(spark).slots());
    Part part =
        new Part(
            this,
            dataset.root(),
            split,
            parts,
            new SerializableConfiguration(spark.hadoopConfiguration()));
    List<Integer> numbers = IntStream.range(0, parts).boxed().toList();
    SplitCounts counts = evaluation().nothing();
    ExecutorTrouble.inOwnWords(() -> spark.parallelize(numbers, parts).map(part).collect())
        .forEach(counts::add);
    return evaluation().scores(counts);
  }

  /** Leaves what was found in the run of the model, as {@code evaluate} does. */
  public void write(Scores scores, String split) {
    Evaluation evaluation =
        new Evaluation(split, model.step(), scores.tasks(), scores.mean(), Optional.empty());
    model
        .directory()
        .write(
            Evaluation.file(split),
            SealedEvaluation.write(
                evaluation,
                model.digest(),
                contents.split(split).digest(),
                model.yesFromProbability()));
  }

  private SplitCounts count(Path data, String split, int number, int parts, Configuration hadoop) {
    ComputeThreads.use(Math.max(1, TaskContext.get().cpus()));
    try (Replica replica = Replica.of(plan(model, contents, tasks), Draws.of(0))) {
      model.readWeights((in, where) -> replica.weights().readWarm(in, where, false));
      SplitSource source =
          new SplitSource(contents, data, hadoop, split, SplitEvaluation.columns(tasks));
      return evaluation().count(replica, source, number, parts);
    }
  }

  /** One executor's part. */
  private static final class Part implements Function<Integer, SplitCounts>, Serializable {
    private static final long serialVersionUID = 1;

    private final String location;
    private final String model;
    private final String judge;
    private final String manifest;
    private final String data;
    private final String split;
    private final ArrayList<String> names;
    private final int parts;
    private final SerializableConfiguration hadoop;

    Part(SharedTasks shared, Path data, String split, int parts, SerializableConfiguration hadoop) {
      location = shared.model.location();
      model = shared.model.manifest();
      judge = shared.judge.render();
      manifest = shared.contents.toJson();
      names = new ArrayList<>(shared.names());
      this.data = data.toString();
      this.split = split;
      this.parts = parts;
      this.hadoop = hadoop;
    }

    @Override
    public SplitCounts call(Integer number) {
      DatasetManifest contents = DatasetManifest.parse(manifest, data);
      TrainingConfiguration judging = TrainingConfiguration.parse(judge);
      List<Task> tasks =
          judging.tasks(contents).stream().filter(task -> names.contains(task.name())).toList();
      return new SharedTasks(
              TrainedModel.of(location, model, hadoop.value()), judging, contents, tasks)
          .count(new Path(data), split, number, parts, hadoop.value());
    }
  }
}
