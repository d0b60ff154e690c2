package org.sparkmto.training;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.input.Augmentation;
import org.sparkmto.input.DepthRule;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.metric.Quirk;
import org.sparkmto.naming.Nearest;
import org.sparkmto.network.Architectures;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.TaskLosses;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.optimizer.Schedules;
import org.sparkmto.options.ConfigurationException;

/**
 * A run as configured, checked key by key. Its text form, {@link #render}, is what ranks receive
 * and what a checkpoint remembers.
 */
public final class TrainingConfiguration {
  private static final Config DEFAULTS =
      ConfigFactory.parseResources(TrainingConfiguration.class, "defaults.conf");
  private static final Set<String> WITHOUT_DEFAULT = Set.of("run.directory", "data.directory");

  /** Sections whose further keys are options of what their {@code name} names. */
  private static final Set<String> OPEN = Set.of("network", "method", "optimizer", "schedule");

  /** Sections that may change between a checkpoint and its resumption. */
  private static final Set<String> FREE = Set.of("cluster", "checkpoint", "log", "baselines");

  /** Names of losses, by task. */
  private static final String LOSS = "loss";

  private static final String QUIRKS = "metrics.quirks";
  private static final String EDGES = "metrics.edges";
  private static final String ALSO = "metrics.also";

  /** Names of the figures that count in Delta_m, by task or by kind of task. */
  private static final String DELTA = "metrics.delta";

  /** What the directory of a run with a seed of its own begins with. */
  static final String SEED_FOLDER = "seed-";

  /** Of RGB in [0, 255], as torchvision's models were trained with. */
  private static final ChannelStatistics IMAGENET =
      new ChannelStatistics(
          List.of(255 * 0.485, 255 * 0.456, 255 * 0.406),
          List.of(255 * 0.229, 255 * 0.224, 255 * 0.225));

  private final Config config;

  private TrainingConfiguration(Config config) {
    this.config = config;
  }

  /**
   * Completes a configuration with the defaults and checks it.
   *
   * @throws ConfigurationException naming the key that is unknown, missing or wrong
   */
  public static TrainingConfiguration of(Config given) {
    Config resolved;
    try {
      resolved = given.withFallback(DEFAULTS).resolve();
    } catch (ConfigException e) {
      throw new ConfigurationException("configuration: " + e.getMessage(), e);
    }
    refuseUnknown(given);
    TrainingConfiguration configuration = new TrainingConfiguration(resolved);
    configuration.check();
    return configuration;
  }

  /** The text of the defaults, in which every key is documented. */
  public static String documentedDefaults() {
    try (InputStream in = TrainingConfiguration.class.getResourceAsStream("defaults.conf")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the defaults are not in the jar", e);
    }
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

  private static void refuseUnknown(Config given) {
    Set<String> known = new TreeSet<>(WITHOUT_DEFAULT);
    DEFAULTS.entrySet().forEach(entry -> known.add(entry.getKey()));
    for (Map.Entry<String, ConfigValue> entry : given.entrySet()) {
      String key = entry.getKey();
      int dot = key.indexOf('.');
      String section = dot > 0 ? key.substring(0, dot) : "";
      boolean option =
          OPEN.contains(section)
              || section.equals(LOSS)
              || key.equals(DELTA)
              || key.startsWith(DELTA + ".");
      if (!known.contains(key) && !option) {
        throw new ConfigurationException("unknown key '" + key + "'" + Nearest.hint(key, known));
      }
    }
  }

  private void check() {
    runDirectory();
    dataDirectory();
    seed();
    for (String key :
        List.of(
            "data.window-rows",
            "data.cache-mib",
            "training.batch",
            "cluster.deadline-seconds",
            "checkpoint.keep")) {
      atLeast(key, 1);
    }
    for (String key :
        List.of(
            "training.epochs",
            "training.steps",
            "cluster.ranks",
            "cluster.threads",
            "cluster.max-restarts",
            "selection.patience",
            "checkpoint.every-steps",
            "log.cosines-every")) {
      atLeast(key, 0);
    }
    if (number("training.epochs") == 0 && number("training.steps") == 0) {
      throw new ConfigurationException("training.epochs and training.steps are both 0: no step");
    }
    optimizer();
    wrong("method", () -> method().method().optimizerPerTask(optimizer()));
    schedule();
    network();
    text("data.train");
    text("data.validation");
    taskNames();
    losses();
    normalisesByImageNet();
    selectsBest();
    selectsByTask();
    if (validationSplit().isEmpty() && (selectsBest() || number("selection.patience") > 0)) {
      throw new ConfigurationException(
          "selection needs evaluations: set data.validation, or selection.model = last and"
              + " selection.patience = 0");
    }
    augmentation();
    metrics();
  }

  /** Where the run writes. */
  public String runDirectory() {
    return required("run.directory");
  }

  /** The preprocessed data set. */
  public String dataDirectory() {
    return required("data.directory");
  }

  /** Seed of everything random. */
  public long seed() {
    return number("run.seed");
  }

  /** Split to train on. */
  public String trainSplit() {
    return text("data.train");
  }

  /** Split to evaluate after every segment; empty for none. */
  public String validationSplit() {
    return text("data.validation");
  }

  /**
   * A whole number.
   *
   * @throws ConfigurationException if the value is anything else; a fraction is never cut off
   */
  long number(String key) {
    String text = text(key);
    try {
      return new BigDecimal(text).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new ConfigurationException(key + " = " + text + " is not a whole number", e);
    }
  }

  /** Samples of one step. */
  public int batch() {
    return Math.toIntExact(number("training.batch"));
  }

  /** Ranks, or 0 for as many as there are slots. */
  public int ranks() {
    return Math.toIntExact(number("cluster.ranks"));
  }

  /** The method, the level its gradients are taken at and the weights of the heads. */
  public MethodEntry.Made method() {
    Map<String, Object> options = options("method");
    options.values().removeIf(value -> value.equals("default"));
    return wrong("method", () -> Methods.byName(text("method.name"), options));
  }

  /** Whether the model is the best checkpoint rather than the last. */
  boolean selectsBest() {
    return choice("selection.model", "best", "last");
  }

  /** Whether tasks count the same in Delta_m, rather than metrics. */
  boolean selectsByTask() {
    return choice("selection.weighting", "task", "metric");
  }

  private boolean choice(String key, String yes, String no) {
    String value = text(key);
    if (!value.equals(yes) && !value.equals(no)) {
      throw new ConfigurationException(key + " = " + value + " is neither " + yes + " nor " + no);
    }
    return value.equals(yes);
  }

  /** Where single-task networks are stored. */
  public Optional<String> baselines() {
    return Optional.of(text("baselines.directory")).filter(name -> !name.isEmpty());
  }

  /** This configuration for a network of one task, which needs no method and no baselines. */
  TrainingConfiguration single(Task task) {
    return of(
        ConfigFactory.parseMap(
                Map.of(
                    "data.tasks", List.of(task.name()),
                    "method.name", "ew",
                    "baselines.directory", ""))
            .withFallback(
                config.withoutPath("method").withoutPath(LOSS).withoutPath("metrics.delta"))
            .withFallback(countedOnly(task))
            .withFallback(
                losses().containsKey(task.name())
                    ? ConfigFactory.parseMap(
                        Map.of(LOSS, Map.of(task.name(), losses().get(task.name()))))
                    : ConfigFactory.empty()));
  }

  /** What of {@code metrics.delta} is about a task. */
  private Config countedOnly(Task task) {
    Map<String, List<String>> own = new TreeMap<>(metrics().delta());
    own.keySet().retainAll(Set.of(task.name(), task.kind().label()));
    return ConfigFactory.parseMap(Map.of("metrics", Map.of("delta", own)));
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

  /** Names of losses other than those of the data set, by task. */
  private Map<String, String> losses() {
    Map<String, String> losses = new TreeMap<>();
    config
        .getConfig(LOSS)
        .root()
        .unwrapped()
        .forEach((task, loss) -> losses.put(task, String.valueOf(loss)));
    return losses;
  }

  /** Name of the method. */
  public String methodName() {
    return text("method.name");
  }

  /** The update rule. */
  public Optimizer optimizer() {
    return wrong(
        "optimizer", () -> Optimizers.byName(text("optimizer.name"), options("optimizer")));
  }

  /** The learning rate over time. */
  public Schedule schedule() {
    return wrong("schedule", () -> Schedules.byName(text("schedule.name"), options("schedule")));
  }

  private String network() {
    String name = text("network.name");
    Set<String> known = wrong("network", () -> Architectures.options(name));
    for (String option : options("network").keySet()) {
      if (!known.contains(option)) {
        throw new ConfigurationException(
            "network '" + name + "' has no option '" + option + "'" + Nearest.hint(option, known));
      }
      number("network." + option);
    }
    return name;
  }

  /** Names of the tasks to train; empty for all. */
  public List<String> taskNames() {
    List<String> names = read("data.tasks", () -> config.getStringList("data.tasks"));
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new ConfigurationException("data.tasks names '" + name + "' twice");
      }
    }
    return names;
  }

  /**
   * The tasks to train, in the order of the data set.
   *
   * @throws ConfigurationException if one is not of the data set
   */
  public List<Task> tasks(DatasetManifest manifest) {
    Set<String> wanted = new HashSet<>(taskNames());
    requireTasks("data.tasks", wanted, manifest);
    Map<String, String> losses = losses();
    requireTasks(LOSS, losses.keySet(), manifest);
    requireMasks(metrics().edges(), manifest);
    requireTasksOrKinds(metrics().delta().keySet(), manifest);
    return manifest.tasks().stream()
        .filter(task -> wanted.isEmpty() || wanted.contains(task.name()))
        .map(task -> losses.containsKey(task.name()) ? with(task, losses.get(task.name())) : task)
        .toList();
  }

  private static Task with(Task task, String loss) {
    return wrong(LOSS, () -> TaskLosses.checked(task.withLoss(loss)));
  }

  private static void requireMasks(Set<String> edges, DatasetManifest manifest) {
    requireTasks(EDGES, edges, manifest);
    for (Task task : manifest.tasks()) {
      if (edges.contains(task.name()) && task.kind() != TaskKind.MASK) {
        throw new ConfigurationException(
            "%s names '%s', a task of kind %s; edges are of kind %s"
                .formatted(EDGES, task.name(), task.kind().label(), TaskKind.MASK.label()));
      }
    }
  }

  private static void requireTasksOrKinds(Set<String> names, DatasetManifest manifest) {
    Set<String> kinds =
        manifest.tasks().stream().map(task -> task.kind().label()).collect(Collectors.toSet());
    Set<String> tasks = new TreeSet<>(names);
    tasks.removeAll(kinds);
    requireTasks(DELTA, tasks, manifest);
  }

  private static void requireTasks(String key, Set<String> names, DatasetManifest manifest) {
    Set<String> known =
        manifest.tasks().stream().map(Task::name).collect(Collectors.toCollection(TreeSet::new));
    for (String name : new TreeSet<>(names)) {
      if (!known.contains(name)) {
        throw new ConfigurationException(
            key
                + " names '"
                + name
                + "', which data set '"
                + manifest.dataset()
                + "' does not have"
                + Nearest.hint(name, known));
      }
    }
  }

  /** By which definitions tasks are judged. */
  public MetricChoices metrics() {
    List<String> quirks = read(QUIRKS, () -> config.getStringList(QUIRKS));
    List<String> edges = read(EDGES, () -> config.getStringList(EDGES));
    List<String> also = read(ALSO, () -> config.getStringList(ALSO));
    Map<String, List<String>> delta = new TreeMap<>();
    Config chosen = read(DELTA, () -> config.getConfig(DELTA));
    for (String name : chosen.root().keySet()) {
      String key = ConfigUtil.joinPath(name);
      List<String> figures = read(DELTA + "." + key, () -> chosen.getStringList(key));
      if (figures.isEmpty()) {
        throw new ConfigurationException(
            DELTA + "." + key + " is empty; leave it out for the usual figures");
      }
      delta.put(name, figures);
    }
    return wrong(
        "metrics",
        () ->
            new MetricChoices(
                quirks.stream().map(Quirk::ofLabel).collect(Collectors.toSet()),
                Set.copyOf(new TreeSet<>(edges)),
                Set.copyOf(new TreeSet<>(also)),
                delta));
  }

  /**
   * How the tasks to train are judged.
   *
   * @throws ConfigurationException if a figure is to count that its task has not
   */
  public SplitEvaluation evaluation(DatasetManifest manifest) {
    List<Task> tasks = tasks(manifest);
    return wrong(DELTA, () -> SplitEvaluation.of(manifest, tasks, metrics()));
  }

  /** How samples are changed while training. */
  private Augmentation augmentation() {
    boolean flip = read("augmentation.flip", () -> config.getBoolean("augmentation.flip"));
    List<Double> scales =
        read("augmentation.scales", () -> config.getDoubleList("augmentation.scales"));
    double degrees =
        read(
            "augmentation.rotation-degrees",
            () -> config.getDouble("augmentation.rotation-degrees"));
    return wrong(
        "augmentation",
        () ->
            new Augmentation(
                flip, scales, degrees, DepthRule.ofLabel(text("augmentation.depth-rule"))));
  }

  /**
   * How samples of a data set are changed while training, never in evaluation.
   *
   * @throws ConfigurationException if the tasks to train cannot be augmented so
   */
  public Augmentation augmentation(DatasetManifest manifest) {
    Augmentation augmentation = augmentation();
    List<Task> tasks = tasks(manifest);
    return wrong(
        "augmentation",
        () -> {
          augmentation.check(manifest, tasks);
          return augmentation;
        });
  }

  /**
   * The network for these tasks.
   *
   * @throws ConfigurationException if it cannot take them
   */
  public NetworkPlan networkPlan(DatasetManifest manifest) {
    Map<String, Long> numbers = new HashMap<>();
    for (String option : options("network").keySet()) {
      numbers.put(option, number("network." + option));
    }
    return wrong(
        "network",
        () -> {
          NetworkPlan plan = NetworkPlan.of(network(), numbers, manifest, tasks(manifest));
          plan.layout();
          return normalisesByImageNet() ? byImageNet(plan) : plan;
        });
  }

  private boolean normalisesByImageNet() {
    return choice("data.normalisation", "imagenet", "dataset");
  }

  private static NetworkPlan byImageNet(NetworkPlan plan) {
    Map<String, ChannelStatistics> statistics = new TreeMap<>();
    for (Column input : plan.inputs()) {
      if (input.type() != ElementType.UINT8 || input.shape().get(0) != IMAGENET.mean().size()) {
        throw new IllegalArgumentException(
            "data.normalisation = imagenet is for RGB images, not for " + input);
      }
      statistics.put(input.name(), IMAGENET);
    }
    return plan.normalised(statistics);
  }

  /** File of weights that the backbone starts from. */
  Optional<String> pretrained() {
    return Optional.of(text("network.pretrained")).filter(name -> !name.isEmpty());
  }

  /**
   * What must be the same for a checkpoint to be continued: everything but where and how often.
   *
   * @return key and value as text, in alphabetical order
   */
  public Map<String, String> identity() {
    Map<String, String> identity = new TreeMap<>();
    for (Map.Entry<String, ConfigValue> entry : config.entrySet()) {
      String key = entry.getKey();
      if (!FREE.contains(key.substring(0, key.indexOf('.')))
          && !WITHOUT_DEFAULT.contains(key)
          && !key.equals("training.epochs")
          && !key.equals("training.steps")) {
        identity.put(key, entry.getValue().render(ConfigRenderOptions.concise()));
      }
    }
    return identity;
  }

  private Map<String, Object> options(String section) {
    Map<String, Object> options = new TreeMap<>(config.getConfig(section).root().unwrapped());
    options.remove("name");
    options.remove("pretrained");
    // null takes an option back that an included file has set.
    options.values().removeIf(Objects::isNull);
    return options;
  }

  private String required(String key) {
    if (!config.hasPath(key)) {
      throw new ConfigurationException(
          key + " is not set; add it to the configuration or give --set " + key + "=...");
    }
    return text(key);
  }

  private String text(String key) {
    return read(key, () -> config.getString(key));
  }

  private void atLeast(String key, long least) {
    long value = number(key);
    if (value < least || value > Integer.MAX_VALUE) {
      throw new ConfigurationException(
          key + " = " + value + " must be " + least + " or more, and no more than 2147483647");
    }
  }

  private static <T> T read(String key, Supplier<T> value) {
    try {
      return value.get();
    } catch (ConfigException e) {
      throw new ConfigurationException(key + ": " + e.getMessage(), e);
    }
  }

  private static <T> T wrong(String section, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(section + ": " + e.getMessage(), e);
    }
  }
}
