package org.sparkmto.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.configuration.ConfigurationKeys;
import org.sparkmto.configuration.ConfigurationSection;
import org.sparkmto.configuration.FactorChoice;
import org.sparkmto.configuration.LookSection;
import org.sparkmto.configuration.MetricsSection;
import org.sparkmto.configuration.StatisticsChoice;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Additions;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.OpenedDatasets;
import org.sparkmto.data.SampleSchema;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.naming.Counted;
import org.sparkmto.naming.Nearest;
import org.sparkmto.network.LayerShape;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.PassSettings;
import org.sparkmto.network.Precision;
import org.sparkmto.network.ScriptFiles;
import org.sparkmto.network.TaskLosses;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.step.ParameterGroups;

/**
 * What a run is going to do: its configuration, held against the data set. Whatever can be refused
 * before a cluster is needed is refused here.
 *
 * @param configuration as given, completed
 * @param dataset what it trains on
 * @param tasks that it trains, in order
 * @param network for these tasks and inputs
 * @param layout of the network's parameters
 * @param stepsPerEpoch steps that see every training sample once
 * @param steps to make altogether
 */
public record RunPlan(
    TrainingConfiguration configuration,
    DatasetDirectory dataset,
    List<Task> tasks,
    NetworkPlan network,
    ParameterLayout layout,
    long stepsPerEpoch,
    long steps) {
  /** What the name of a digest of a split starts with in {@link #data()}. */
  static final String DIGEST = "digest of ";

  /**
   * Plans a run; nothing is written.
   *
   * @throws ConfigurationException if the configuration does not fit the data set
   * @throws org.sparkmto.data.DataContractException if there is no whole data set
   */
  public static RunPlan of(TrainingConfiguration configuration, Configuration hadoop) {
    return of(configuration, false, hadoop);
  }

  /**
   * As {@link #of(TrainingConfiguration, Configuration)}, of a run that may go on.
   *
   * @param resumes whether files that the run keeps will do where they are not there any more
   */
  public static RunPlan of(TrainingConfiguration given, boolean resumes, Configuration hadoop) {
    return of(given, resumes, new OpenedDatasets(hadoop), hadoop);
  }

  /** The same of one of several runs, which may be of the same data set. */
  public static RunPlan of(
      TrainingConfiguration given, boolean resumes, OpenedDatasets datasets, Configuration hadoop) {
    ScriptFiles scripts = NetworkScripts.named(given, resumes, hadoop);
    TrainingConfiguration configuration = NetworkScripts.sealed(given, scripts);
    DatasetDirectory dataset = datasets.open(configuration.dataDirectory());
    List<Task> tasks = configuration.tasks(dataset.manifest());
    tasks.forEach(
        task ->
            ConfigurationSection.checked(
                ConfigurationKeys.LOSS.name() + "." + task.name(),
                () -> TaskLosses.balanced(task, dataset.manifest())));
    requireTasks(scripts, dataset.manifest());
    configuration
        .network()
        .statistics()
        .requireOneTaskEach(dataset.manifest(), tasks, configuration.trainSplit());
    NetworkPlan network = configuration.networkPlan(dataset.manifest()).madeOf(scripts);
    ConfigurationSection.checked("network", () -> tried(network));
    configuration.targets().require(network, dataset.manifest());
    configuration.augmentation(dataset.manifest());
    MetricsSection.requireFigures(configuration.metrics(), dataset.manifest());
    selectionRule(configuration, dataset);
    if (!configuration.validationSplit().isEmpty()) {
      dataset.manifest().split(configuration.validationSplit());
    }
    configuration.look().require(network.layout());
    RunLength length = RunLength.of(configuration, dataset.manifest());
    return new RunPlan(
        configuration,
        dataset,
        tasks,
        network,
        network.layout(),
        length.stepsPerEpoch(),
        length.steps());
  }

  private static ParameterLayout tried(NetworkPlan network) {
    ParameterLayout layout = network.layout();
    network.tryOut();
    return layout;
  }

  /** Refuses heads of tasks that there are not, which would be trained by nobody. */
  private static void requireTasks(ScriptFiles scripts, DatasetManifest manifest) {
    List<String> known = manifest.tasks().stream().map(Task::name).toList();
    for (String task : scripts.heads().keySet()) {
      if (!known.contains(task)) {
        throw new ConfigurationException(
            "network.heads names '%s', which data set '%s' does not have%s If not, leave it out"
                .formatted(task, manifest.dataset(), Nearest.hint(task, known)));
      }
    }
  }

  /**
   * Refuses a number of ranks that the method or the batch cannot be shared among.
   *
   * @throws ConfigurationException saying which
   */
  void requireShareable(int ranks) {
    if (configuration.batch() < ranks) {
      throw new ConfigurationException(
          "training.batch = " + configuration.batch() + " leaves some of " + ranks + " ranks idle");
    }
    GradientRoute.requireParts(configuration, configuration.batch(), ranks);
    configuration
        .network()
        .statistics()
        .requireWholeGroups(
            configuration.batch(),
            configuration.look().partsWith(configuration.method().method()),
            ranks);
  }

  /**
   * Refuses the numbers of ranks that are configured, if none of them can be.
   *
   * @throws ConfigurationException saying why
   */
  void requireShareable() {
    int least = Math.max(1, configuration.cluster().minRanks());
    int most = configuration.ranks();
    if (most > 0) {
      requireShareable(most);
    } else if (shareable(least, Math.max(least, configuration.batch())).isEmpty()) {
      requireShareable(least);
    }
  }

  /** The largest number of ranks that method and batch can be shared among; empty if none can. */
  OptionalInt shareable(int least, int most) {
    return IntStream.iterate(most, ranks -> ranks >= least, ranks -> ranks - 1)
        .filter(this::isShareable)
        .findFirst();
  }

  private boolean isShareable(int ranks) {
    try {
      requireShareable(ranks);
      return true;
    } catch (ConfigurationException e) {
      return false;
    }
  }

  /** What another number of ranks means to a network that normalises over each one's samples. */
  Optional<String> partsCaution(int before, int now) {
    int piece = configuration.training().microBatch();
    boolean same = piece > 0 && isWhole(piece, before) && isWhole(piece, now);
    if (same
        || !network.normalisesBatches()
        || configuration.network().statistics().over() != StatisticsChoice.Over.RANK) {
      return Optional.empty();
    }
    return Optional.of(
        "with %s = rank, batch normalisation sees %s parts of a batch with %s than with %d, so that the network learns otherwise; with ghost or synchronised it does not"
            .formatted(
                StatisticsChoice.KEY,
                now < before ? "larger" : "smaller",
                Counted.of(now, "rank"),
                before));
  }

  private boolean isWhole(int piece, int ranks) {
    return configuration.batch() % ((long) piece * ranks) == 0;
  }

  /** How the tasks are judged. */
  SplitEvaluation evaluation() {
    return configuration.evaluation(dataset.manifest());
  }

  /** How its checkpoints are compared. */
  SelectionRule selectionRule() {
    return selectionRule(configuration, dataset);
  }

  private static SelectionRule selectionRule(
      TrainingConfiguration configuration, DatasetDirectory dataset) {
    SplitEvaluation evaluation = configuration.evaluation(dataset.manifest());
    return ConfigurationSection.checked(
        "selection.by", () -> SelectionRule.of(configuration.selection(), evaluation));
  }

  /** What a model of this run needs to know of the data set. */
  SampleSchema schema() {
    return SampleSchema.of(dataset.manifest(), tasks);
  }

  /** Names of the tasks, in order. */
  public List<String> taskNames() {
    return tasks.stream().map(Task::name).toList();
  }

  /** Groups of parameters that the method weighs on their own. */
  int groups() {
    return ParameterGroups.count(configuration.method().method(), layout);
  }

  /** The aggregator of this run's method at its first step. */
  public Aggregator aggregator(Aggregator.Listener listener) {
    return new Aggregator(configuration, taskNames(), groups(), listener);
  }

  /** The step after the last of the segment that begins with a step. */
  long segmentEnd(long step) {
    long every = configuration.checkpoint().everySteps();
    long length = every > 0 ? every : stepsPerEpoch;
    return Math.min(steps, (step / length + 1) * length);
  }

  /** In what a data set is another than a run was of, which said so by {@link #data()}. */
  static List<String> others(Map<String, String> then, DatasetDirectory dataset) {
    Map<String, String> found = data(dataset);
    return then.keySet().stream()
        .filter(key -> !key.equals("directory") && !then.get(key).equals(found.get(key)))
        .toList();
  }

  /** Which data these are: name, directory and content digests. */
  Map<String, String> data() {
    return data(dataset);
  }

  /** Which data a data set holds: name, directory and content digests. */
  static Map<String, String> data(DatasetDirectory dataset) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("name", dataset.manifest().dataset());
    data.put("directory", dataset.root().toString());
    dataset.manifest().splits().forEach((name, split) -> data.put(DIGEST + name, split.digest()));
    return data;
  }

  /** How the data set has grown since a run was of other data; empty if it was not these. */
  Optional<Additions.Growth> grownSince(Map<String, String> data) {
    Map<String, String> digests = new TreeMap<>();
    data.forEach(
        (key, value) -> {
          if (key.startsWith(DIGEST)) {
            digests.put(key.substring(DIGEST.length()), value);
          }
        });
    return Additions.since(dataset.manifest(), digests);
  }

  /** Bytes of the Java heap that what a rank reads ahead takes at most. */
  public long heapBytesPerRank(int ranks) {
    return TrainingBatches.mostHeap(this, ranks);
  }

  /** Of which layers a step can take factors of gradients: see {@link FactorChoice}. */
  private List<LayerShape> factoredLayers(int ranks) {
    int piece = configuration.training().microBatch();
    boolean whole =
        (piece == 0 || (long) piece * ranks >= configuration.batch())
            && configuration.network().recompute() == PassSettings.Recompute.NONE
            && configuration.training().precision() == Precision.FLOAT32;
    return whole && configuration.look().factors() ? network.factoredLayers() : List.of();
  }

  /** Bytes that a rank holds outside the Java heap, without the activations. */
  long nativeBytesPerRank(int ranks) {
    MethodEntry.Made made = configuration.method();
    long vectors = (configuration.average().isKept() ? 4L : 3L) * Float.BYTES * layout.total();
    Optimizer ofRun = configuration.optimizer();
    // Where tasks have optimisers of their own, the run's moves the heads alone.
    boolean apart = made.method().optimizerPerTask(ofRun).isPresent();
    long moved = layout.total() - (apart ? layout.shared() : 0);
    int holders = configuration.cluster().shardOptimizer() && !apart ? ranks : 1;
    long state = (moved + holders - 1) / holders * ofRun.state().size();
    long rows =
        LookSection.isFor(made)
            ? configuration
                .look()
                .floatsPerRank(layout, factoredLayers(ranks), configuration.batch(), ranks)
            : layout.shared() * (made.rowsPerTask() * tasks.size() / ranks + 1L);
    long analysis = configuration.analyze().floatsPerRank(layout, ranks);
    return vectors + Float.BYTES * (state + rows + analysis);
  }
}
