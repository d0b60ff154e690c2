package org.sparkmto.training;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.OpenedDatasets;
import org.sparkmto.method.Level;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.naming.Counted;
import org.sparkmto.network.Safetensors;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.step.Aggregator;

/**
 * A run on the driver: segment after segment, each one barrier stage that starts from a checkpoint
 * and ends in one.
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
  private final RunPlan plan;
  private final TrainingConfiguration configuration;
  private final RunDirectory directory;
  private final Checkpoints checkpoints;
  private final RunListener console;
  private final long began = System.nanoTime();

  private TrainingRun(
      JavaSparkContext spark, TrainingConfiguration given, Start start, PrintStream console) {
    this.spark = spark;
    Configuration hadoop = spark.hadoopConfiguration();
    plan = RunPlan.of(given, start == Start.RESUME, hadoop);
    configuration = plan.configuration();
    directory = RunDirectory.of(configuration.runDirectory(), hadoop);
    checkpoints = new Checkpoints(directory);
    this.console =
        new ConsoleListener(
            new Progress(console, directory.runName(), plan.steps()), plan.taskNames());
  }

  /**
   * Refuses whatever can be refused without a cluster; writes nothing. {@link #run} does the same
   * again, but only when Spark has started and found executors.
   *
   * @param hadoop how to reach the data set and the run's directory
   * @throws ConfigurationException if the run cannot start as configured
   * @throws org.sparkmto.data.DataContractException if there is no whole data set
   */
  public static void check(TrainingConfiguration configuration, Start start, Configuration hadoop) {
    check(configuration, start, new OpenedDatasets(hadoop), hadoop);
  }

  /**
   * The same of one of several runs, which may be of the same data set.
   *
   * @param datasets those that were opened already
   */
  public static void check(
      TrainingConfiguration configuration,
      Start start,
      OpenedDatasets datasets,
      Configuration hadoop) {
    RunPlan plan = RunPlan.of(configuration, start == Start.RESUME, datasets, hadoop);
    checkMethod(plan);
    GpuTasks.requireBuild(configuration.cluster().device());
    plan.requireShareable();
    RunStart begin = new RunStart(plan, RunDirectory.of(configuration.runDirectory(), hadoop));
    begin.examine(start);
    if (start != Start.RESUME || begin.newest().checkpoint().isEmpty()) {
      begin.weights(hadoop);
    }
  }

  /**
   * Says what a run would do, and refuses what it would refuse; writes no file and needs no Spark.
   *
   * @throws ConfigurationException if the run cannot start as configured
   * @throws org.sparkmto.data.DataContractException if there is no whole data set
   */
  public static void dryRun(
      TrainingConfiguration configuration, Start start, Configuration hadoop, PrintStream out) {
    check(configuration, start, hadoop);
    RunPlan plan = RunPlan.of(configuration, start == Start.RESUME, hadoop);
    out.print(plan.configuration().render());
    new DryRun(plan).lines().forEach(line -> out.println("# " + line));
    new RunStart(plan, RunDirectory.of(configuration.runDirectory(), hadoop))
        .weights(hadoop)
        .forEach(line -> out.println("# " + line));
  }

  /** Of a single group, because it is only asked whether the method and its options can be. */
  private static void checkMethod(RunPlan plan) {
    new Aggregator(plan.configuration(), plan.taskNames(), (seen, weighing) -> {});
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
    return run(spark, configuration, start, false, console);
  }

  /**
   * As {@link #run(JavaSparkContext, TrainingConfiguration, Start, PrintStream)}.
   *
   * @param breakLease whether to take the directory from another process that may live
   */
  public static RunDirectory run(
      JavaSparkContext spark,
      TrainingConfiguration configuration,
      Start start,
      boolean breakLease,
      PrintStream console)
      throws InterruptedException {
    TrainingRun run = new TrainingRun(spark, configuration, start, console);
    run.train(start, breakLease);
    return run.directory;
  }

  private void train(Start start, boolean breakLease) throws InterruptedException {
    RunStart begin = new RunStart(plan, directory);
    begin.examine(start);
    boolean made = !directory.isThere();
    try (RunLease lease = RunLease.take(directory, breakLease)) {
      begin.examine(start); // for another may have begun since
      train(begin, start, ranks(), lease);
    } catch (Exception e) {
      if (made) {
        directory.deleteIfEmpty(e);
      }
      throw e;
    }
  }

  private void train(RunStart begin, Start start, Ranks ranks, RunLease lease)
      throws InterruptedException {
    Checkpoints.Newest newest =
        start == Start.RESUME
            ? begin.newest()
            : new Checkpoints.Newest(Optional.empty(), List.of(), Optional.empty());
    Optional<Checkpoint> from = newest.checkpoint();
    Selection selection = from.map(Checkpoint::selection).orElseGet(this::freshSelection);
    List<String> startingWeights =
        from.isPresent() ? List.of() : begin.weights(spark.hadoopConfiguration());
    if (start == Start.OVERWRITE) {
      // Only now: what cannot start must not cost an earlier run.
      begin.clear();
    }
    long step = from.map(Checkpoint::step).orElse(0L);
    RunHeader header = RunDescription.write(directory, plan, ranks.provenance(spark));
    NetworkScripts.keep(plan.network().scripts(), directory);
    newest.skipped().forEach(reason -> console.note("a checkpoint is skipped: " + reason));
    plan.dataset().caution().ifPresent(console::note);
    newest.caution().ifPresent(console::note);
    from.map(Checkpoint::environment)
        .map(OwnJars::differences)
        .orElse(List.of())
        .forEach(console::note);
    describe(step, ranks, startingWeights);
    try (MetricsLog log = new MetricsLog(directory.files(), directory.root(), step);
        LogListener logged =
            LogListener.open(log, directory, configuration, header, step, console::note);
        RunStop stop = RunStop.watching(configuration)) {
      RunListener listener = RunListener.all(List.of(logged, console));
      Checkpoint last = segments(from.orElse(null), selection, ranks, lease, listener, stop);
      RunEnd end = RunEnd.of(plan, Optional.ofNullable(last), stop);
      end.reason().ifPresent(reason -> listener.ends(end.step(), reason));
      if (end.leavesModel()) {
        lease.requireHeld();
        new Publication(directory, plan, console).publish(last, end);
      }
      logged.ending();
      logged.ended(end);
      end.refuseToGoOn(directory);
    }
    console.note(
        "done: "
            + directory.name()
            + " after "
            + Progress.duration((System.nanoTime() - began) / 1e9));
  }

  private Ranks ranks() throws InterruptedException {
    Cluster cluster = new Cluster(spark);
    checkMethod(plan);
    GpuTasks gpus = GpuTasks.of(spark, configuration.cluster().device());
    int least = configuration.cluster().minRanks();
    int found = cluster.ranks(configuration.ranks(), least, gpus, PATIENCE);
    int count = RankSupply.of(plan, cluster, gpus).first(found);
    int threads = configuration.cluster().threads();
    return new Ranks(count, threads > 0 ? threads : cluster.threads(gpus), gpus);
  }

  private void describe(long step, Ranks ranks, List<String> startingWeights) {
    MethodEntry.Made made = configuration.method();
    console.note(
        String.format(
            Locale.ROOT,
            "%s on %s of %s, %s, %s, %,d shared and %,d head parameters",
            made.entry().title(),
            Counted.of(plan.tasks().size(), "task"),
            plan.dataset().manifest().dataset(),
            Counted.of(ranks.count(), "rank"),
            step < plan.steps()
                ? "steps " + step + " to " + plan.steps()
                : Counted.of(step, "step")
                    + " made and "
                    + plan.steps()
                    + " wanted (nothing to do)",
            plan.layout().shared(),
            plan.layout().total() - plan.layout().shared()));
    startingWeights.forEach(console::note);
    Cluster cluster = new Cluster(spark);
    if (ranks.count() < configuration.ranks()) {
      console.note(
          "begins with %s of cluster.ranks = %d, because %s; it takes more at a checkpoint"
              .formatted(ranks.count(), configuration.ranks(), cluster.room(ranks.gpus())));
      plan.partsCaution(configuration.ranks(), ranks.count()).ifPresent(console::note);
    }
    if (plan.network().heuristicRepresentation()
        && made.level().filter(level -> level == Level.REPRESENTATION).isPresent()) {
      console.note(
          "the heads of "
              + plan.network().architecture()
              + " do not all read the one end of its shared part, so comparing gradients at z is a"
              + " heuristic;"
              + " method.level = parameters is exact");
    }
    cluster
        .memoryWarning(plan.nativeBytesPerRank(ranks.count()), ranks.count(), ranks.gpus())
        .ifPresent(console::note);
    cluster
        .heapWarning(plan.heapBytesPerRank(ranks.count()), ranks.count(), ranks.gpus())
        .ifPresent(console::note);
  }

  /** Makes all segments that are left, and gives the last checkpoint. */
  private Checkpoint segments(
      Checkpoint from,
      Selection before,
      Ranks ranks,
      RunLease lease,
      RunListener listener,
      RunStop stop)
      throws InterruptedException {
    SegmentAttempts attempts = new SegmentAttempts(spark, plan, ranks, directory, listener, stop);
    long patience = configuration.selection().patience();
    Checkpoint last = from;
    Selection selection = before;
    long step = from == null ? 0 : from.step();
    int damaged = 0;
    boolean goesOn = stop.asked().isEmpty();
    while (goesOn && step < plan.steps() && (patience == 0 || selection.since() < patience)) {
      long to = plan.segmentEnd(step);
      try {
        SegmentAttempts.Made made = attempts.make(step, to, last);
        lease.requireHeld();
        last = commit(made, selection, listener);
        step = last.step();
        goesOn = stop.due().isEmpty();
      } catch (SegmentAttempts.StartDamaged e) {
        lease.requireHeld();
        last = earlier(e, ++damaged, listener);
        step = last.step();
      } catch (TrainingFailedException e) {
        if (stop.asked().isEmpty()) {
          throw e;
        }
        // Who ends the driver may be ending the executors, too.
        console.note("what was under way is lost, and --resume makes it again: " + e.getMessage());
        break;
      }
      selection = last.selection();
      checkpoints.prune(
          configuration.checkpoint().keep(),
          selection.best().filter(best -> configuration.selection().takesBest()));
    }
    return last;
  }

  /** The newest sound checkpoint, from which the run goes on when a later one is damaged. */
  private Checkpoint earlier(SegmentAttempts.StartDamaged damage, int times, RunListener listener) {
    long allowed = configuration.cluster().maxRestarts();
    String reason = String.valueOf(damage.getMessage());
    if (times > Math.max(1, allowed)) {
      throw new TrainingFailedException(
          "checkpoints were damaged " + times + " times while the run was under way: " + reason,
          damage);
    }
    Checkpoint sound =
        checkpoints
            .newestSound()
            .checkpoint()
            .orElseThrow(() -> new TrainingFailedException(reason, damage));
    listener.restarts(new RunListener.Restart(sound.step(), damage.attempt(), allowed, reason));
    return sound;
  }

  /** Adds the aggregator's state to what rank 0 wrote and makes a checkpoint of it. */
  private Checkpoint commit(SegmentAttempts.Made made, Selection selection, RunListener listener) {
    Segment segment = made.segment();
    List<CheckpointFile> files = new ArrayList<>(made.outcomes().get(0).files());
    files.add(
        checkpoints.write(
            segment.end(),
            Checkpoint.AGGREGATOR,
            out -> Safetensors.writeDoubles(out, made.aggregator().save(), Map.of())));
    Optional<ValidationScores> validation =
        made.stopped()
            ? Optional.empty()
            : ValidationScores.of(plan, segment.to(), selection, made.outcomes());
    listener.segmentMade(RankTimes.of(segment, made.outcomes()));
    validation.ifPresent(listener::evaluated);
    listener.committing();
    Map<String, String> where = new TreeMap<>(made.ranks().provenance(spark).facts());
    for (int rank = 0; rank < made.outcomes().size(); rank++) {
      SegmentOutcome outcome = made.outcomes().get(rank);
      where.put("rank " + rank, outcome.host());
      if (!outcome.device().isEmpty()) {
        where.put("device of rank " + rank, outcome.device());
      }
    }
    Map<String, Map<String, Double>> found =
        validation.map(v -> v.scores().tasks()).orElse(Map.of());
    Checkpoint checkpoint =
        new Checkpoint(
            segment.to(),
            segment.end(),
            files,
            configuration.render(),
            configuration.identity(),
            plan.taskNames(),
            plan.data(),
            where,
            found,
            found.isEmpty()
                ? selection
                : selection.after(
                    validation.orElseThrow().judged(), segment.end(), plan.selectionRule()),
            plan.network().statistics(),
            validation.map(ValidationScores::thresholds).orElse(Map.of()),
            Optional.of(plan.schema()));
    checkpoints.commit(checkpoint);
    return checkpoint;
  }

  private Selection freshSelection() {
    Optional<String> store = configuration.baselines();
    if (store.isEmpty() || configuration.validationSplit().isEmpty()) {
      return Selection.against(Map.of());
    }
    Selection fresh =
        Selection.against(
            SingleTaskBaselines.validation(
                store.get(),
                plan.tasks(),
                configuration,
                plan.dataset().manifest(),
                spark.hadoopConfiguration()));
    try {
      fresh.requireCounted(plan.evaluation().counted());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          store.get() + ": " + e.getMessage() + "; train it with this run's metrics", e);
    }
    return fresh;
  }
}
