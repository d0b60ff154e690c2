package org.sparkmto.training;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.exchange.DriverDesk;
import org.sparkmto.exchange.RankFailure;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.input.BatchPlan;
import org.sparkmto.method.Level;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.Tally;
import org.sparkmto.network.Architectures;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.Safetensors;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.EvaluationLine;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.Provenance;
import org.sparkmto.runlog.RestartLine;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.version.BuildVersion;

/**
 * A run on the driver: segment after segment, each one barrier stage that starts from a checkpoint
 * and ends in one. A segment that fails is started again from where it began.
 */
public final class TrainingRun {
  /** What to do with a run directory that is not empty. */
  public enum Start {
    /** Refuse it. */
    NEW,
    /** Go on from its newest checkpoint. */
    RESUME,
    /** Delete it first. */
    OVERWRITE
  }

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final JavaSparkContext spark;
  private final TrainingConfiguration configuration;
  private final DatasetDirectory dataset;
  private final List<Task> tasks;
  private final NetworkPlan network;
  private final ParameterLayout layout;
  private final RunDirectory directory;
  private final Checkpoints checkpoints;
  private final long stepsPerEpoch;
  private final long steps;
  private final Progress progress;
  private final StepLines stepLines;
  private final String driverStart = UUID.randomUUID().toString();

  private TrainingRun(
      JavaSparkContext spark, TrainingConfiguration configuration, PrintStream console) {
    this.spark = spark;
    this.configuration = configuration;
    Configuration hadoop = spark.hadoopConfiguration();
    dataset = DatasetDirectory.open(configuration.dataDirectory(), hadoop);
    tasks = configuration.tasks(dataset.manifest());
    network = configuration.networkPlan(dataset.manifest());
    configuration.augmentation(dataset.manifest());
    layout = network.layout();
    directory = RunDirectory.of(configuration.runDirectory(), hadoop);
    checkpoints = new Checkpoints(directory);
    if (!configuration.validationSplit().isEmpty()) {
      dataset.manifest().split(configuration.validationSplit());
    }
    long rows = dataset.manifest().split(configuration.trainSplit()).rows();
    try {
      stepsPerEpoch =
          new BatchPlan(configuration.batch(), 0, 1, configuration.seed(), 1).stepsPerEpoch(rows);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("training.batch: " + e.getMessage(), e);
    }
    long wanted = configuration.number("training.steps");
    steps = wanted > 0 ? wanted : configuration.number("training.epochs") * stepsPerEpoch;
    stepLines = new StepLines(configuration);
    progress =
        new Progress(console, new org.apache.hadoop.fs.Path(directory.name()).getName(), steps);
  }

  /**
   * Trains a network as configured and leaves it in the run directory.
   *
   * @param console where progress is said
   * @return the directory of the run
   * @throws ConfigurationException if the run cannot start as configured; nothing was done then
   */
  public static RunDirectory run(
      JavaSparkContext spark, TrainingConfiguration configuration, Start start, PrintStream console)
      throws InterruptedException {
    TrainingRun run = new TrainingRun(spark, configuration, console);
    run.train(start);
    return run.directory;
  }

  private void train(Start start) throws InterruptedException {
    Cluster cluster = new Cluster(spark);
    MethodEntry.Made made = configuration.method();
    new Aggregator(configuration, taskNames(), (report, weighing, gram, norms) -> {});
    int ranks = cluster.ranks(configuration.ranks(), PATIENCE);
    if (configuration.batch() < ranks) {
      throw new ConfigurationException(
          "training.batch = " + configuration.batch() + " leaves some of " + ranks + " ranks idle");
    }
    GradientRoute.requireParts(made.method(), configuration.batch(), ranks);
    Optional<Checkpoint> latest = start == Start.RESUME ? checkpoints.latest() : Optional.empty();
    Selection selection = latest.map(Checkpoint::selection).orElseGet(this::freshSelection);
    Optional<String> pretrained =
        configuration
            .pretrained()
            .filter(file -> latest.isEmpty())
            .map(file -> PretrainedFile.check(file, spark.hadoopConfiguration(), network));
    // Only now, because --overwrite deletes: what cannot start must not cost an earlier run.
    Optional<Checkpoint> from = begin(start);
    long threads = configuration.number("cluster.threads");
    int perRank = threads > 0 ? Math.toIntExact(threads) : cluster.cpusPerTask();
    Provenance provenance = provenance(ranks, perRank);
    long step = from.map(Checkpoint::step).orElse(0L);
    writeHeader(made, provenance);
    progress.say(
        String.format(
            "%s on %d tasks of %s, %d ranks, steps %d to %d, %,d shared and %,d head parameters",
            made.entry().title(),
            tasks.size(),
            dataset.manifest().dataset(),
            ranks,
            step,
            steps,
            layout.shared(),
            layout.total() - layout.shared()));
    pretrained.ifPresent(text -> progress.say("pre-trained weights: " + text));
    if (Architectures.heuristicRepresentation(network.architecture())
        && made.level().filter(level -> level == Level.REPRESENTATION).isPresent()) {
      progress.say(
          "the heads of "
              + network.architecture()
              + " see maps all along its shared part, so comparing gradients at z is a heuristic;"
              + " method.level = parameters is exact");
    }
    cluster.memoryWarning(nativeBytes(made, ranks), ranks).ifPresent(progress::say);
    long patience = configuration.number("selection.patience");
    try (MetricsLog log = new MetricsLog(directory.files(), directory.root(), step)) {
      Checkpoint last = from.orElse(null);
      while (step < steps && (patience == 0 || selection.since() < patience)) {
        long every = configuration.number("checkpoint.every-steps");
        long length = every > 0 ? every : stepsPerEpoch;
        long to = Math.min(steps, (step / length + 1) * length);
        last = segment(step, to, last, selection, provenance, log);
        selection = last.selection();
        checkpoints.prune(
            configuration.number("checkpoint.keep"),
            selection.best().filter(best -> configuration.selectsBest()));
        step = to;
      }
      if (step < steps) {
        progress.say(
            "step %d  ends early: %d evaluations were no better than the best"
                .formatted(step, selection.since()));
      }
      checkpoints.publish(chosen(last));
    }
    progress.say("done: " + directory.name());
  }

  private Selection freshSelection() {
    Optional<String> store = configuration.baselines();
    if (store.isEmpty() || configuration.validationSplit().isEmpty()) {
      return Selection.against(Map.of());
    }
    return Selection.against(
        SingleTaskBaselines.validation(
            store.get(), tasks, configuration, dataset.manifest(), spark.hadoopConfiguration()));
  }

  /** The checkpoint that becomes the model. */
  private Checkpoint chosen(Checkpoint last) {
    Optional<String> best = last.selection().best();
    if (!configuration.selectsBest() || best.isEmpty()) {
      return last;
    }
    Checkpoint chosen = checkpoints.at(best.get());
    progress.say("the model is the best checkpoint, that of step " + chosen.step());
    return chosen;
  }

  /** What a rank holds outside the Java heap, without the activations. */
  private long nativeBytes(MethodEntry.Made made, int ranks) {
    long vectors = 3 * Float.BYTES * layout.total();
    return vectors
        + Float.BYTES * layout.shared() * (made.rowsPerTask() * tasks.size() / ranks + 1L);
  }

  private Optional<Checkpoint> begin(Start start) {
    if (start == Start.OVERWRITE && directory.exists()) {
      if (directory.read(RunDirectory.CONFIGURATION).isEmpty()) {
        throw new ConfigurationException(
            directory.name() + " is not the directory of a run, so it will not be overwritten");
      }
      directory.delete();
    }
    Optional<Checkpoint> from = Optional.empty();
    if (start == Start.RESUME) {
      from = checkpoints.latest();
      from.ifPresent(this::refuseOther);
      from.ifPresent(checkpoints::verify);
    } else if (directory.exists()) {
      throw new ConfigurationException(
          directory.name() + " is not empty; give --resume to go on or --overwrite to start anew");
    }
    return from;
  }

  private void refuseOther(Checkpoint checkpoint) {
    // Not as it was written: keys of later versions then have their defaults.
    Map<String, String> then = TrainingConfiguration.parse(checkpoint.configuration()).identity();
    Map<String, String> now = configuration.identity();
    List<String> differences = new ArrayList<>();
    TreeMap<String, String> all = new TreeMap<>(then);
    all.putAll(now);
    for (String key : all.keySet()) {
      String before = then.getOrDefault(key, "unset");
      String after = now.getOrDefault(key, "unset");
      if (!before.equals(after)) {
        differences.add(key + " was " + before + " and is " + after);
      }
    }
    dataOf()
        .forEach(
            (key, value) -> {
              if (!key.equals("directory") && !value.equals(checkpoint.data().get(key))) {
                differences.add("the data set's " + key + " is another");
              }
            });
    if (!differences.isEmpty()) {
      throw new ConfigurationException(
          "cannot resume "
              + directory.name()
              + ": "
              + String.join("; ", differences)
              + "; use the run's own settings or --overwrite");
    }
  }

  private Checkpoint segment(
      long from,
      long to,
      Checkpoint start,
      Selection selection,
      Provenance provenance,
      MetricsLog log)
      throws InterruptedException {
    long restarts = configuration.number("cluster.max-restarts");
    for (int attempt = 1; ; attempt++) {
      String name = driverStart + "/" + from + "/" + attempt;
      Aggregator aggregator =
          new Aggregator(
              configuration,
              taskNames(),
              groups(),
              (report, weighing, gram, norms) -> log(log, report, weighing, gram, norms));
      if (start != null) {
        restore(aggregator, start);
      }
      Segment segment =
          new Segment(
              name,
              configuration.render(),
              dataset.manifest().toJson(),
              dataset.root().toString(),
              directory.name(),
              from,
              to,
              start == null ? "" : start.directory(),
              checkpoints.fresh(to),
              provenance.threadsPerRank());
      Attempt watched = new Attempt(aggregator);
      List<SegmentOutcome> outcomes;
      stepLines.begin();
      try (DriverDesk desk = DriverDesk.open(name, watched::weigh, watched::failed)) {
        SerializableConfiguration hadoop =
            new SerializableConfiguration(spark.hadoopConfiguration());
        outcomes =
            BarrierStage.run(
                spark,
                provenance.ranks(),
                SegmentOutcome.class,
                context -> new RankTask(segment, hadoop.value()).run(context));
      } catch (Exception e) {
        // Spark throws its checked SparkException without declaring it to Java.
        failed(e, watched, from, to, attempt, restarts, log);
        continue;
      }
      return commit(segment, aggregator, selection, outcomes, provenance, log);
    }
  }

  /** One attempt's aggregator, and what it could not bear. */
  private static final class Attempt {
    private final Aggregator aggregator;
    private volatile DivergedException diverged;
    private volatile RankFailure first;

    Attempt(Aggregator aggregator) {
      this.aggregator = aggregator;
    }

    StepAnswer weigh(StepReport report) {
      try {
        return aggregator.weigh(report);
      } catch (DivergedException e) {
        diverged = e;
        throw e;
      }
    }

    synchronized void failed(RankFailure failure) {
      first = first == null ? failure : first;
    }
  }

  private void failed(
      Exception e, Attempt attempt, long from, long to, int number, long restarts, MetricsLog log) {
    if (attempt.diverged != null) {
      throw attempt.diverged;
    }
    RankFailure told = attempt.first;
    String reason = told == null ? reason(e) : "rank " + told.rank() + ": " + told.reason();
    boolean stopped = spark.sc().isStopped() || Thread.currentThread().isInterrupted();
    boolean lasting = !(e instanceof SparkException) || (told != null && told.lasting());
    if (stopped || lasting || number > restarts) {
      throw new TrainingFailedException(
          "steps "
              + from
              + " to "
              + to
              + " failed "
              + (number == 1 ? "" : number + " times, the last time ")
              + "because of: "
              + reason,
          e);
    }
    progress.say(
        "restart " + number + " of " + restarts + " from step " + from + " because of: " + reason);
    log.truncate(from);
    log.append(new RestartLine(from, number + 1, reason));
  }

  /** The line of Spark's long message that says what happened. */
  private static String reason(Exception e) {
    List<String> lines = String.valueOf(e.getMessage()).strip().lines().limit(2).toList();
    boolean more = lines.size() > 1 && lines.get(0).endsWith("finished unsuccessfully.");
    String line = lines.get(more ? 1 : 0).strip();
    return line.length() <= 400 ? line : line.substring(0, 400) + " ...";
  }

  private void restore(Aggregator aggregator, Checkpoint start) {
    checkpoints.read(
        start.directory(),
        Checkpoint.AGGREGATOR,
        (in, where) -> aggregator.restore(Safetensors.readDoubles(in, where)));
  }

  private Checkpoint commit(
      Segment segment,
      Aggregator aggregator,
      Selection selection,
      List<SegmentOutcome> outcomes,
      Provenance provenance,
      MetricsLog log) {
    List<CheckpointFile> files = new ArrayList<>(outcomes.get(0).files());
    files.add(
        checkpoints.write(
            segment.end(),
            Checkpoint.AGGREGATOR,
            out -> Safetensors.writeDoubles(out, aggregator.save(), Map.of())));
    Map<String, Map<String, Double>> validation =
        validation(outcomes, segment.to(), selection, log);
    log.flush();
    Map<String, String> where = new TreeMap<>(provenance.facts());
    for (int rank = 0; rank < outcomes.size(); rank++) {
      where.put("rank " + rank, outcomes.get(rank).host());
    }
    Checkpoint checkpoint =
        new Checkpoint(
            segment.to(),
            segment.end(),
            files,
            configuration.render(),
            configuration.identity(),
            taskNames(),
            dataOf(),
            where,
            validation,
            validation.isEmpty()
                ? selection
                : selection.after(validation, segment.end(), configuration.selectsByTask()),
            network.statistics());
    checkpoints.commit(checkpoint);
    return checkpoint;
  }

  private Map<String, Map<String, Double>> validation(
      List<SegmentOutcome> outcomes, long step, Selection selection, MetricsLog log) {
    if (configuration.validationSplit().isEmpty()) {
      return Map.of();
    }
    SplitEvaluation evaluation =
        SplitEvaluation.of(dataset.manifest(), tasks, configuration.metrics());
    List<Tally> tallies = evaluation.nothing();
    outcomes.forEach(outcome -> SplitEvaluation.add(tallies, outcome.validation()));
    Scores scores = evaluation.scores(tallies);
    OptionalDouble delta = selection.delta(scores.tasks(), configuration.selectsByTask());
    log.append(
        new EvaluationLine(
            new Evaluation(
                configuration.validationSplit(),
                step,
                scores.tasks(),
                scores.mean(),
                delta.stream().filter(Double::isFinite).boxed().map(this::delta).findFirst())));
    progress.say(
        "step %d  %s  %s%s"
            .formatted(
                step,
                configuration.validationSplit(),
                scores.summary(),
                delta.isPresent() ? "  Delta_m %+.2f %%".formatted(delta.getAsDouble()) : ""));
    return scores.tasks();
  }

  private Evaluation.Delta delta(double percent) {
    boolean byTask = configuration.selectsByTask();
    return new Evaluation.Delta(
        byTask ? percent : Double.NaN,
        byTask ? Double.NaN : percent,
        RelativePerformance.Convention.DROP.text(),
        "");
  }

  private int groups() {
    return ParameterGroups.count(configuration.method().method(), layout);
  }

  private void log(
      MetricsLog log,
      StepReport report,
      Weighing weighing,
      Optional<SymmetricMatrix> gram,
      Optional<Vector> squaredNorms) {
    log.append(stepLines.line(report, weighing, gram, squaredNorms));
    double sum = 0;
    int labelled = 0;
    for (double loss : report.losses()) {
      if (!Double.isNaN(loss)) {
        sum += loss;
        labelled++;
      }
    }
    progress.step(report.step(), report.epoch(), sum / labelled);
  }

  private List<String> taskNames() {
    return tasks.stream().map(Task::name).toList();
  }

  private Map<String, String> dataOf() {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("name", dataset.manifest().dataset());
    data.put("directory", dataset.root().toString());
    dataset
        .manifest()
        .splits()
        .forEach((name, split) -> data.put("digest of " + name, split.digest()));
    return data;
  }

  private Provenance provenance(int ranks, int threads) {
    BuildVersion version = BuildVersion.current();
    return new Provenance(
        version.application(),
        spark.version(),
        version.libtorch(),
        Runtime.version().toString(),
        spark.master(),
        ranks,
        threads);
  }

  private void writeHeader(MethodEntry.Made made, Provenance provenance) {
    directory.write(RunDirectory.CONFIGURATION, configuration.render());
    RunHeader header =
        new RunHeader(
            new org.apache.hadoop.fs.Path(directory.name()).getName(),
            made.entry().name(),
            made.entry().title(),
            made.sight().words(),
            made.level().map(level -> level.name().toLowerCase(Locale.ROOT)).orElse(""),
            ParameterGroups.names(made.method(), layout),
            network.architecture(),
            dataset.manifest().dataset(),
            taskNames(),
            OptionalLong.of(provenance.ranks()),
            OptionalLong.of(steps),
            OptionalLong.of(configuration.batch()),
            OptionalLong.of(layout.shared()),
            OptionalLong.of(layout.total() - layout.shared()),
            configuration.render(),
            provenance.facts(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
            OptionalLong.of(configuration.seed()));
    directory.write(RunHeader.FILE, header.toJson());
  }
}
