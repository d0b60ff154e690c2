package org.sparkmto.experiment;

import static java.util.stream.Collectors.joining;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.metric.Median;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.DivergedException;
import org.sparkmto.training.ModelEvaluation;
import org.sparkmto.training.RunDirectory;
import org.sparkmto.training.SingleTaskBaselines;
import org.sparkmto.training.StoppedException;
import org.sparkmto.training.TrainedModel;
import org.sparkmto.training.TrainingConfiguration;
import org.sparkmto.training.TrainingRun;
import org.sparkmto.version.BuildVersion;

/**
 * Trains one network with every method on the same data, one after the other in one Spark
 * application, and compares what they come to. A comparison that was interrupted goes on: runs that
 * are complete are kept, the one that was interrupted continues from its last checkpoint.
 */
public final class MethodComparison {
  private static final String IDENTITY = "comparison.conf";
  private static final String BALANCED = "balanced-accuracy";

  /** Which single-task networks Delta_m compares with. */
  public enum Baselines {
    /** Train them, too. */
    TRAIN,
    /** Those of a directory. */
    GIVEN,
    /** None: no Delta_m. */
    NONE
  }

  /**
   * What to compare.
   *
   * @param configuration of every run, but for its method and its directory
   * @param methods with their options
   * @param seeds that every method is trained with once; empty for that of the configuration
   * @param directory where everything goes
   * @param split to evaluate on
   * @param baselines what Delta_m compares with
   * @param baselineDirectory of {@link Baselines#GIVEN}
   * @param overwrite whether to delete an earlier comparison in the same directory
   * @param checkSteps length of the short runs that check every method; empty for no check
   */
  public record Settings(
      Config configuration,
      List<NamedOptions> methods,
      List<Long> seeds,
      String directory,
      String split,
      Baselines baselines,
      Optional<String> baselineDirectory,
      boolean overwrite,
      OptionalInt checkSteps) {

    /**
     * Checks every configuration that will be trained.
     *
     * @throws IllegalArgumentException if two methods would share a directory or a number is wrong
     * @throws ConfigurationException if a configuration is wrong
     */
    public Settings {
      methods = List.copyOf(methods);
      seeds = List.copyOf(seeds);
      if (Set.copyOf(seeds).size() < seeds.size()) {
        throw new IllegalArgumentException("a seed is named twice");
      }
      Set<String> folders = new LinkedHashSet<>(Set.of(ComparedRuns.SINGLE));
      for (NamedOptions method : methods) {
        ComparedRuns.training(configuration, method, directory);
        if (!folders.add(ComparedRuns.folder(method))) {
          throw new IllegalArgumentException("'" + method + "' is named twice");
        }
      }
      if (checkSteps.isPresent() && checkSteps.getAsInt() < 2) {
        throw new IllegalArgumentException("a check with an interruption needs 2 steps or more");
      }
      if (baselines == Baselines.GIVEN != baselineDirectory.isPresent()) {
        throw new IllegalArgumentException("a directory goes with given baselines, and only there");
      }
    }
  }

  private final JavaSparkContext spark;
  private final Configuration hadoop;
  private final Settings settings;
  private final PrintStream console;
  private final RunDirectory out;
  private final ComparedRuns runs;
  private final DatasetManifest data;
  private final String loadBefore = load();

  private MethodComparison(JavaSparkContext spark, Settings settings, PrintStream console) {
    this.spark = spark;
    this.hadoop = spark.hadoopConfiguration();
    this.settings = settings;
    this.console = console;
    out = RunDirectory.of(settings.directory(), hadoop);
    runs = new ComparedRuns(settings.configuration(), out.name());
    data = DatasetDirectory.open(runs.any().dataDirectory(), hadoop).manifest();
  }

  /**
   * Compares, and leaves {@code results.md}, {@code results.csv} and {@code results.json} in the
   * directory, up to date after every method.
   *
   * @param console hears how far it is
   * @throws ConfigurationException if nothing can be compared as asked for; nothing was done then
   */
  public static ComparisonTable run(JavaSparkContext spark, Settings settings, PrintStream console)
      throws InterruptedException {
    return new MethodComparison(spark, settings, console).compare();
  }

  /**
   * Refuses whatever {@link #run} would refuse and can be without a cluster; writes nothing.
   *
   * @throws ConfigurationException if nothing can be compared as asked for
   */
  public static void check(Settings settings, Configuration hadoop) {
    RunDirectory out = RunDirectory.of(settings.directory(), hadoop);
    TrainingConfiguration any = new ComparedRuns(settings.configuration(), out.name()).any();
    DatasetManifest data = DatasetDirectory.open(any.dataDirectory(), hadoop).manifest();
    data.split(settings.split());
    any.tasks(data);
    refuseOther(out, identity(any, data, settings.seeds()), settings.overwrite());
  }

  private ComparisonTable compare() throws InterruptedException {
    data.split(settings.split());
    List<Task> tasks = runs.any().tasks(data);
    if (settings.checkSteps().isPresent() && spark.isLocal() && spark.defaultParallelism() < 2) {
      throw new ConfigurationException(
          "the check trains with 2 ranks, but Spark has one slot; give --master local[2]");
    }
    begin();
    Optional<String> baseline = baseline();
    List<ComparisonTable.Row> rows = new ArrayList<>();
    ComparisonTable table = new ComparisonTable(environment(), rows);
    long started = System.nanoTime();
    int trained = 0;
    for (int i = 0; i < settings.methods().size(); i++) {
      NamedOptions method = settings.methods().get(i);
      boolean kept = runs.of(method, settings.seeds()).stream().allMatch(this::isComplete);
      say(
          "%d of %d: %s%s",
          i + 1, settings.methods().size(), method, kept ? ", trained before" : "");
      rows.add(row(method, tasks, baseline));
      table = new ComparisonTable(environment(), rows);
      write(table);
      if (kept) {
        started = trained == 0 ? System.nanoTime() : started;
      } else {
        trained++;
      }
      int left = settings.methods().size() - i - 1;
      if (trained > 0 && left > 0) {
        Duration rest =
            Duration.ofNanos((System.nanoTime() - started) / trained * left).plusSeconds(1);
        say(
            "%s left, about %d:%02d:%02d",
            Counted.of(left, "method"), rest.toHours(), rest.toMinutesPart(), rest.toSecondsPart());
      }
    }
    return table;
  }

  private void say(String form, Object... values) {
    console.printf(Locale.ROOT, "[compare] " + form + "%n", values);
  }

  /** Makes the directory ready; a comparison of the same kind goes on. */
  private void begin() {
    String identity = identity(runs.any(), data, settings.seeds());
    refuseOther(out, identity, settings.overwrite());
    if (settings.overwrite() && out.read(IDENTITY).isPresent()) {
      delete(ComparedRuns.RUNS);
      delete(ComparedRuns.CHECKS);
    }
    out.write(IDENTITY, identity);
  }

  /** What two comparisons have in common if one can go on with the other. */
  private static String identity(
      TrainingConfiguration any, DatasetManifest data, List<Long> seeds) {
    StringBuilder identity = new StringBuilder(seeds.isEmpty() ? "" : "# several seeds\n");
    data.splits()
        .forEach((name, split) -> identity.append("# " + name + ": " + split.digest() + "\n"));
    return identity.append(any.render()).toString();
  }

  /** Refuses a directory that holds something else. */
  private static void refuseOther(RunDirectory out, String identity, boolean overwrite) {
    Optional<String> before = out.read(IDENTITY);
    if (before.isEmpty() && out.exists()) {
      throw new ConfigurationException(
          out.name() + " is not empty and not the directory of a comparison; give another --out");
    }
    if (before.isPresent() && !overwrite && !before.get().equals(identity)) {
      throw new ConfigurationException(
          out.name()
              + " holds a comparison of another configuration or data set; give another --out, or"
              + " --overwrite to delete it");
    }
  }

  private void delete(String folder) {
    Path path = new Path(runs.place(folder));
    try {
      path.getFileSystem(hadoop).delete(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + path + ": " + e.getMessage(), e);
    }
  }

  private Optional<String> baseline() throws InterruptedException {
    if (settings.baselines() != Baselines.TRAIN) {
      return settings.baselineDirectory();
    }
    TrainingConfiguration single = runs.single();
    say("a network of its own for every task");
    SingleTaskBaselines.train(spark, single, TrainingRun.Start.RESUME, console);
    return single.baselines().or(() -> Optional.of(single.runDirectory()));
  }

  private ComparisonTable.Row row(NamedOptions method, List<Task> tasks, Optional<String> baseline)
      throws InterruptedException {
    List<TrainingConfiguration> configurations = runs.of(method, settings.seeds());
    String level =
        configurations
            .get(0)
            .method()
            .level()
            .map(where -> where.name().toLowerCase(Locale.ROOT))
            .orElse("");
    List<ComparisonTable.Outcome> outcomes = new ArrayList<>();
    Optional<ComparisonTable.Check> check = Optional.empty();
    Optional<String> failure = Optional.empty();
    try {
      for (TrainingConfiguration configuration : configurations) {
        if (!isComplete(configuration)) {
          TrainingRun.run(spark, configuration, TrainingRun.Start.RESUME, console);
        }
        outcomes.add(outcome(configuration, tasks, baseline));
      }
      if (settings.checkSteps().isPresent()) {
        check = Optional.of(check(method, settings.checkSteps().getAsInt()));
        failure =
            check
                .filter(found -> !found.holds())
                .map(
                    found ->
                        found.resumesExactly()
                            ? "1 and 2 ranks differ"
                            : "a resumed run ends in other parameters");
      }
    } catch (RuntimeException e) {
      if (spark.sc().isStopped() || e instanceof StoppedException) {
        throw e;
      }
      failure = Optional.of(seed(outcomes.size()) + reason(e));
      say("%s failed: %s", method, failure.get());
    }
    return new ComparisonTable.Row(method, level, outcomes, check, failure);
  }

  private boolean isComplete(TrainingConfiguration configuration) {
    return RunDirectory.of(configuration.runDirectory(), hadoop).isComplete();
  }

  /** Which of several seeds a failure is about. */
  private String seed(int number) {
    return number < settings.seeds().size() ? "seed " + settings.seeds().get(number) + ": " : "";
  }

  private ComparisonTable.Check check(NamedOptions method, int steps) throws InterruptedException {
    ComparisonTable.Check check = new ExactnessCheck(spark, runs, steps, console).of(method);
    say(
        "%s: 1 and 2 ranks differ by %.1e; resumed %s",
        method,
        check.ranksApart(),
        check.resumesExactly() ? "to the same bits" : "to OTHER PARAMETERS");
    return check;
  }

  private static String reason(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
    return (e instanceof DivergedException ? "diverged at " : "")
        + (message.isEmpty() || message.equals("null") ? e.getClass().getSimpleName() : message);
  }

  private ComparisonTable.Outcome outcome(
      TrainingConfiguration configuration, List<Task> tasks, Optional<String> baseline) {
    ModelEvaluation.Evaluated evaluated =
        TrainedModel.open(configuration.runDirectory(), hadoop)
            .evaluate(spark, settings.split(), Optional.empty(), baseline);
    Scores scores = evaluated.scores();
    say("%s", scores.summary());
    List<String> underChance =
        tasks.stream()
            .filter(
                task ->
                    scores.tasks().get(task.name()).getOrDefault(BALANCED, 1.0)
                        < 1.0 / task.classes())
            .map(Task::name)
            .toList();
    LoggedSteps log = LoggedSteps.of(RunDirectory.of(configuration.runDirectory(), hadoop));
    return new ComparisonTable.Outcome(
        scores.mean(),
        evaluated.delta(),
        Median.of(log.millis()),
        log.millis().size(),
        log.fallbacks().size(),
        log.fallbacks().stream().findFirst(),
        underChance);
  }

  private Map<String, String> environment() {
    TrainingConfiguration any = runs.any();
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("data set", data.dataset() + ", " + Counted.of(any.tasks(data).size(), "task"));
    environment.put("split", settings.split());
    environment.put("global batch", Integer.toString(any.batch()));
    if (settings.seeds().isEmpty()) {
      environment.put("seed", Long.toString(any.seed()));
    } else {
      String seeds = settings.seeds().stream().map(String::valueOf).collect(joining(", "));
      environment.put("seeds", seeds + "; mean ± standard deviation of the runs");
    }
    environment.put("master", spark.master());
    environment.put("load when it began", loadBefore);
    environment.put("load at the end", load());
    settings
        .checkSteps()
        .ifPresent(steps -> environment.put("steps of a check", Integer.toString(steps)));
    BuildVersion version = BuildVersion.current();
    environment.put(
        "versions",
        "spark-mto %s, Spark %s, libtorch %s, Java %s"
            .formatted(
                version.application(), spark.version(), version.libtorch(), Runtime.version()));
    return environment;
  }

  /** Processes that want to run, over the last minute: more than ours means disturbed times. */
  private static String load() {
    return String.format(
        Locale.ROOT,
        "%.1f on %d cores",
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        Runtime.getRuntime().availableProcessors());
  }

  private void write(ComparisonTable table) {
    out.write("results.md", table.toMarkdown());
    out.write("results.csv", table.toCsv());
    out.write("results.json", table.toJson());
  }
}
