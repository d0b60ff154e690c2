package org.sparkmto.configuration;

import static org.sparkmto.configuration.ConfigurationSection.checked;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.input.Augmentation;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.optimizer.Schedules;
import org.sparkmto.options.ConfigurationException;

/**
 * A run as configured: read and checked once, key by key, into one record for each section. Its
 * text form, {@link #render}, is what ranks receive and what a checkpoint remembers.
 */
public final class TrainingConfiguration {
  /** What the directory of a run with a seed of its own begins with. */
  public static final String SEED_FOLDER = "seed-";

  private final Config config;
  private final RunSection run;
  private final DataSection data;
  private final ChosenTasks tasks;
  private final TargetsSection targets;
  private final Augmentation augmentation;
  private final NetworkSection network;
  private final MethodEntry.Made method;
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final TrainingSection training;
  private final ClusterSection cluster;
  private final BaselinesSection baselines;
  private final MetricChoices metrics;
  private final SelectionSection selection;
  private final CheckpointSection checkpoint;
  private final LogSection log;
  private final LookSection look;
  private final AnalyzeSection analyze;
  private final TrackingSection tracking;
  private final UpdateSection update;
  private final StartSection start;
  private final AverageSection average;
  private final RetrainSettings retrain;

  private TrainingConfiguration(Config config) {
    this.config = config;
    run = RunSection.of(RunSection.KEYS.read(config));
    data = DataSection.of(DataSection.KEYS.read(config));
    training = TrainingSection.of(TrainingSection.KEYS.read(config));
    cluster = ClusterSection.of(ClusterSection.KEYS.read(config));
    baselines = BaselinesSection.of(BaselinesSection.KEYS.read(config));
    selection = SelectionSection.of(SelectionSection.KEYS.read(config));
    checkpoint = CheckpointSection.of(CheckpointSection.KEYS.read(config));
    log = LogSection.of(LogSection.KEYS.read(config));
    tracking = TrackingSection.of(TrackingSection.KEYS.read(config));
    average = AverageSection.of(AverageSection.KEYS.read(config));
    start = StartSection.of(StartSection.KEYS.read(config));
    update = UpdateSection.of(UpdateSection.KEYS.read(config));
    optimizer = chosen(ConfigurationKeys.OPTIMIZER, Optimizers::byName);
    schedule = chosen(ConfigurationKeys.SCHEDULE, Schedules::byName);
    method = chosen(ConfigurationKeys.METHOD, Methods::byName);
    checked("method", () -> method.method().optimizerPerTask(optimizer));
    update.check(method);
    look = LookSection.of(LookSection.KEYS.read(config), method);
    analyze = AnalyzeSection.of(AnalyzeSection.KEYS.read(config));
    analyze.check(batch());
    network =
        NetworkSection.of(
            ConfigurationKeys.NETWORK.read(config), options(ConfigurationKeys.NETWORK));
    start.check(network);
    Preference.check(method, network.name());
    network.statistics().requirePieces(training.microBatch());
    network
        .statistics()
        .requireWholeGroups(batch(), look.partsWith(method.method()), Math.max(1, ranks()));
    AugmentationSection changes = AugmentationSection.of(AugmentationSection.KEYS.read(config));
    augmentation = checked("augmentation", changes::augmentation);
    MetricsSection judged = MetricsSection.of(MetricsSection.KEYS.read(config));
    metrics = checked("metrics", judged::choices);
    targets = TargetsSection.of(TargetsSection.KEYS.read(config));
    tasks = ChosenTasks.of(config, data.tasks(), metrics, Set.copyOf(update.freezeHeads()));
    selection.check(!data.validation().isEmpty());
    retrain = RetrainSettings.of(config);
  }

  /**
   * Completes a configuration with the defaults and checks it.
   *
   * @throws ConfigurationException naming the key that is unknown, missing or wrong
   */
  public static TrainingConfiguration of(Config given) {
    Config resolved;
    try {
      resolved = ConfigurationKeys.completed(given);
    } catch (ConfigException e) {
      throw new ConfigurationException("configuration: " + e.getMessage(), e);
    }
    ConfigurationKeys.refuseUnknown(given);
    return new TrainingConfiguration(resolved);
  }

  /**
   * A configuration of several layers as it is meant: where one layer chooses another network,
   * method, optimiser or schedule than those below it, their options that it does not have are left
   * out.
   *
   * @param given all layers together, resolved
   * @param layer the layer of what stands somewhere; higher ones override lower ones
   * @param said gets a line about what was left out
   */
  public static Config withoutForeignOptions(
      Config given, ToIntFunction<ConfigOrigin> layer, Consumer<String> said) {
    return ForeignOptions.removed(given, layer, said);
  }

  /** Reads back what {@link #render} wrote. */
  public static TrainingConfiguration parse(String rendered) {
    return of(ConfigFactory.parseString(rendered));
  }

  /** This configuration with some keys set anew, given as HOCON. */
  public TrainingConfiguration with(String hocon) {
    return of(ConfigFactory.parseString(hocon).withFallback(config));
  }

  /** All keys and values, as HOCON text in alphabetical order. */
  public String render() {
    return config
        .root()
        .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
  }

  /** Where the run writes. */
  public String runDirectory() {
    return run.directory();
  }

  /** The preprocessed data set. */
  public String dataDirectory() {
    return data.directory();
  }

  /** Seed of everything random. */
  public long seed() {
    return run.seed();
  }

  /** Split to train on. */
  public String trainSplit() {
    return data.train();
  }

  /** Split to evaluate after every segment; empty for none. */
  public String validationSplit() {
    return data.validation();
  }

  /** Samples of one step. */
  public int batch() {
    return training.batch();
  }

  /** Ranks, or 0 for as many as there are slots. */
  public int ranks() {
    return cluster.ranks();
  }

  /** What heads are trained to give, and where they start. */
  public TargetsSection targets() {
    return targets;
  }

  /** What is trained on and how it is read. */
  public DataSection data() {
    return data;
  }

  /** How long, and in which batches. */
  public TrainingSection training() {
    return training;
  }

  /** Averages of the weights over steps. */
  public AverageSection average() {
    return average;
  }

  /** How the combined gradient becomes a step of the parameters. */
  public UpdateSection update() {
    return update;
  }

  /** Who computes, and how long each waits for the others. */
  public ClusterSection cluster() {
    return cluster;
  }

  /** Which checkpoint becomes the model, and when to stop early. */
  public SelectionSection selection() {
    return selection;
  }

  /** How often there are checkpoints, and how many are kept. */
  public CheckpointSection checkpoint() {
    return checkpoint;
  }

  /** How often, at what and how closely the method looks at gradients. */
  public LookSection look() {
    return look;
  }

  /** In which steps gradients are analysed. */
  public AnalyzeSection analyze() {
    return analyze;
  }

  /** What is written down of steps. */
  public LogSection log() {
    return log;
  }

  /** The server that is told of the run. */
  public TrackingSection tracking() {
    return tracking;
  }

  /** How retraining decides. */
  public RetrainSettings retrain() {
    return retrain;
  }

  /** The method, the level its gradients are taken at and the weights of the heads. */
  public MethodEntry.Made method() {
    return method;
  }

  /** The update rule. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** The learning rate over time. */
  public Schedule schedule() {
    return schedule;
  }

  /** Where single-task networks are stored. */
  public Optional<String> baselines() {
    return Optional.of(baselines.directory()).filter(name -> !name.isEmpty());
  }

  /** Which network, its options, and what it starts from. */
  public NetworkSection network() {
    return network;
  }

  /** The model that the network starts from, whole or in part. */
  public Optional<StartSection> warmStart() {
    return Optional.of(start).filter(section -> !section.model().isEmpty());
  }

  /** By which definitions tasks are judged. */
  public MetricChoices metrics() {
    return metrics;
  }

  /** This configuration for a network of one task, which needs no method and no baselines. */
  public TrainingConfiguration single(Task task) {
    Config rest = config.withoutPath("method").withoutPath(LookSection.NAME);
    return of(
        ConfigFactory.parseString(
                "method.name = ew, baselines.directory = \"\", "
                    + UpdateSection.FREEZE_HEADS_KEY
                    + " = []")
            .withFallback(
                ConfigFactory.parseMap(
                    Map.of(
                        "data.tasks", List.of(task.name()), "selection.by", selection.ofOneTask())))
            .withFallback(
                ChosenTasks.withoutLosses(ScriptPlace.ofOneTask(rest, task.name()))
                    .withoutPath(MetricsSection.DELTA))
            .withFallback(MetricsSection.countedOnly(metrics, task))
            .withFallback(tasks.lossOnly(task)));
  }

  /** This configuration with another directory to write to. */
  public TrainingConfiguration at(String runDirectory) {
    return of(config.withValue("run.directory", ConfigValueFactory.fromAnyRef(runDirectory)));
  }

  /** This configuration with another seed, to write into {@code seed-N} below its directory. */
  public TrainingConfiguration seeded(long seed) {
    return of(config.withValue("run.seed", ConfigValueFactory.fromAnyRef(seed)))
        .at(runDirectory() + "/" + SEED_FOLDER + seed);
  }

  /**
   * The tasks to train, in the order of the data set.
   *
   * @throws ConfigurationException if one is not of the data set
   */
  public List<Task> tasks(DatasetManifest manifest) {
    return tasks.in(manifest);
  }

  /**
   * How the tasks to train are judged.
   *
   * @throws ConfigurationException if a figure is to count that its task has not
   */
  public SplitEvaluation evaluation(DatasetManifest manifest) {
    List<Task> tasks = tasks(manifest);
    return checked(MetricsSection.DELTA, () -> SplitEvaluation.of(manifest, tasks, metrics));
  }

  /**
   * How samples of a data set are changed while training, never in evaluation.
   *
   * @throws ConfigurationException if the tasks to train cannot be augmented so
   */
  public Augmentation augmentation(DatasetManifest manifest) {
    List<Task> changed = tasks(manifest);
    return checked(
        "augmentation",
        () -> {
          augmentation.check(manifest, changed);
          return augmentation;
        });
  }

  /**
   * The network for these tasks.
   *
   * @throws ConfigurationException if it cannot take them
   */
  public NetworkPlan networkPlan(DatasetManifest manifest) {
    return plan(manifest, tasks(manifest));
  }

  /** The network for all tasks of a model's own schema, which were chosen when it was trained. */
  public NetworkPlan modelPlan(DatasetManifest schema) {
    return plan(schema, schema.tasks());
  }

  private NetworkPlan plan(DatasetManifest manifest, List<Task> asked) {
    NetworkPlan plan = network.plan(manifest, asked, data.normalisation());
    plan = targets.applied(plan, manifest).multiplied(tasks.multipliers());
    return Preference.toldTo(plan, method);
  }

  /** What must be the same for a checkpoint to be continued: key and value, alphabetically. */
  public Map<String, String> identity() {
    return RunIdentity.of(config);
  }

  /** Makes what the {@code name} of a section chooses, with the options beside it. */
  private <T> T chosen(ConfigurationSection section, BiFunction<String, Map<String, ?>, T> make) {
    String name = section.read(config).text(ConfigurationKeys.NAME);
    return checked(section.name(), () -> make.apply(name, options(section)));
  }

  private Map<String, Object> options(ConfigurationSection section) {
    Map<String, Object> options =
        new TreeMap<>(config.getConfig(section.name()).root().unwrapped());
    options.remove(ConfigurationKeys.NAME);
    options.keySet().removeAll(ConfigurationKeys.OF_ANY_NETWORK);
    // null takes an option back that an included file has set.
    options.values().removeIf(Objects::isNull);
    if (section.equals(ConfigurationKeys.METHOD)) {
      options.values().removeIf(value -> value.equals("default"));
    }
    return options;
  }
}
