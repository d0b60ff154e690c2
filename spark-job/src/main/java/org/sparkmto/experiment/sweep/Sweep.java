package org.sparkmto.experiment.sweep;

import static java.util.stream.Collectors.joining;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.OpenedDatasets;
import org.sparkmto.data.Task;
import org.sparkmto.experiment.LoggedSteps;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Check;
import org.sparkmto.training.Cluster;
import org.sparkmto.training.RunDirectory;
import org.sparkmto.training.StoppedException;
import org.sparkmto.training.TrainedModel;
import org.sparkmto.training.TrainingRun;

/**
 * Makes the runs of a grid, as many at once as the cluster has room for: {@code cluster.ranks}
 * slots each, or one run on all slots where that is not set. What is complete is kept, what was
 * interrupted goes on from its last checkpoint, and a run that fails does not stop the others.
 */
public final class Sweep {
  private static final String CONSOLE = "console";
  private static final Duration BETWEEN_TABLES = Duration.ofMinutes(1);

  private final SweepGrid grid;
  private final Configuration hadoop;
  private final PrintStream console;
  private final RunDirectory out;
  private final TrainingConfiguration any;
  private final DatasetManifest data;
  private final JudgedTasks judged;
  private final Judgement judgement;
  private final EachPrimary primaries;
  private final List<SweepTrial> trials;
  private final List<SweepPoint> checked;
  private final SweepDirectory directory;
  private final boolean overwrite;
  private final Map<SweepTrial, TrialOutcome> outcomes = new ConcurrentHashMap<>();
  private final List<Check> checks = new ArrayList<>();

  /**
   * The runs of a grid, none of them begun.
   *
   * @param overwrite whether to delete an earlier sweep in the same directory, when it begins
   * @param hadoop how to reach the data set and the sweep's directory
   * @param console hears how far it is
   * @throws ConfigurationException if it cannot be made as asked for, or the directory holds
   *     something else
   * @throws org.sparkmto.data.DataContractException if there is no whole data set
   */
  public Sweep(SweepGrid grid, boolean overwrite, Configuration hadoop, PrintStream console) {
    this.grid = grid;
    this.overwrite = overwrite;
    this.hadoop = hadoop;
    this.console = console;
    out = RunDirectory.of(grid.directory(), hadoop);
    any = grid.any();
    OpenedDatasets datasets = new OpenedDatasets(hadoop);
    data = datasets.open(any.dataDirectory()).manifest();
    data.split(grid.split());
    judged = JudgedTasks.of(grid.judged(), any.tasks(data));
    judgement = judged.judgement(grid.by(), any.evaluation(data), any.selection().byTask());
    primaries = new EachPrimary(judged.tasks());
    SweepTrials all = new SweepTrials(grid, data, judged.tasks(), primaries, datasets, hadoop);
    trials = all.all();
    checked = all.checked(trials);
    directory = new SweepDirectory(out, hadoop, any, data);
    requireChoice();
    directory.refuseOther(overwrite);
  }

  /** Nothing is chosen without a validation split. */
  private void requireChoice() {
    if (grid.chooses() && any.validationSplit().isEmpty()) {
      throw new ConfigurationException(
          "the sweep chooses among "
              + grid.tuned().stream().map(SweepAxis::key).sorted().collect(joining(" and "))
              + " on the validation split, but data.validation is not set");
    }
  }

  /** Says what {@link #run} would do. */
  public void describe() {
    say("%s", size());
    long complete = trials.stream().filter(trial -> trial.isComplete(hadoop)).count();
    say("%s there already", Counted.of(complete, "run is", "runs are"));
    sayImpossible();
  }

  private String size() {
    long singles = trials.stream().filter(trial -> trial.task().isPresent()).count();
    return "%s: %s with %s%s"
        .formatted(
            Counted.of(trials.size(), "run"),
            Counted.of(grid.points().size(), "combination"),
            Counted.of(grid.seeds().size(), "seed"),
            singles == 0 ? "" : ", and " + Counted.of(singles, "run") + " of single-task networks");
  }

  private void sayImpossible() {
    Map<String, List<SweepTrial>> reasons = new LinkedHashMap<>();
    for (SweepTrial trial : trials) {
      if (trial.configuration().isEmpty()) {
        reasons.computeIfAbsent(trial.impossible(), reason -> new ArrayList<>()).add(trial);
      }
    }
    reasons.forEach(
        (reason, its) ->
            say(
                "%s, such as %s, cannot be: %s",
                Counted.of(its.size(), "run"), its.get(0), reason));
  }

  /**
   * Makes all runs that are not complete, and leaves {@value SweepResults#FILE} in the directory.
   *
   * @throws StoppedException if a signal ended it; what was made is kept
   */
  public Made run(JavaSparkContext spark) throws InterruptedException {
    if (grid.checkSteps() > 0 && spark.isLocal() && spark.defaultParallelism() < 2) {
      throw new ConfigurationException(
          "the check trains with 2 ranks, but Spark has one slot; give --master local[2]");
    }
    directory.begin(overwrite);
    int slots = new Cluster(spark).slots();
    int atOnce = any.ranks() == 0 ? 1 : Math.max(1, slots / any.ranks());
    say("%s; %s at a time", size(), Counted.of(atOnce, "run"));
    sayImpossible();
    new Making(spark).all(atOnce);
    for (SweepPoint point : checked) {
      checks.add(check(spark, point));
    }
    SweepResults results = write();
    return new Made(results, times());
  }

  /**
   * What a sweep came to.
   *
   * @param results what is the same however often it was interrupted
   * @param times median milliseconds of a step of each run, by its name
   */
  public record Made(SweepResults results, Map<String, Double> times) {
    /** Takes a copy. */
    public Made {
      times = Collections.unmodifiableMap(new LinkedHashMap<>(times));
    }

    /** How many runs and checks failed; combinations that cannot be are none of them. */
    public long failed() {
      return results.runs().stream()
              .filter(run -> run.possible() && !run.failure().isEmpty())
              .count()
          + results.checks().stream().filter(check -> !check.holds()).count();
    }
  }

  private Check check(JavaSparkContext spark, SweepPoint point) throws InterruptedException {
    Check check;
    try {
      check =
          saying(
              "check," + point.folder(), lines -> new ExactnessCheck(spark, grid, lines).of(point));
    } catch (RuntimeException e) {
      if (spark.sc().isStopped() || e instanceof StoppedException) {
        throw e;
      }
      check = new Check(point.labels(), Double.NaN, false, TrialOutcome.reason(e));
    }
    if (check.failure().isEmpty()) {
      say(
          "%s: 1 and 2 ranks differ by %.1e; resumed to %s",
          point, check.ranksApart(), check.resumesExactly() ? "the same bits" : "OTHER PARAMETERS");
    } else {
      say("the check of %s FAILED: %s", point, check.failure());
    }
    return check;
  }

  /** What trains and says so. */
  private interface Talking<T> {
    T with(PrintStream lines) throws InterruptedException;
  }

  /** Keeps in a file what something says. */
  private <T> T saying(String file, Talking<T> work) throws InterruptedException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (PrintStream lines = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      return work.with(lines);
    } finally {
      if (said.size() > 0) {
        out.write(CONSOLE + "/" + file + ".txt", said.toString(StandardCharsets.UTF_8));
      }
    }
  }

  private Map<String, Double> times() {
    Map<String, Double> times = new LinkedHashMap<>();
    known()
        .forEach(
            (trial, outcome) -> {
              if (trial.task().isEmpty()) {
                times.put(trial.toString(), outcome.millis());
              }
            });
    return times;
  }

  /** The runs under way. */
  private final class Making {
    private final JavaSparkContext spark;
    private final long began = System.nanoTime();
    private long tabulated = began;
    private int done;
    private int trained;
    private volatile boolean ended;

    Making(JavaSparkContext spark) {
      this.spark = spark;
    }

    void all(int atOnce) throws InterruptedException {
      ExecutorService workers = Executors.newFixedThreadPool(atOnce);
      try {
        List<Future<?>> runs = new ArrayList<>();
        for (SweepTrial trial : trials) {
          runs.add(workers.submit(() -> one(trial)));
        }
        RuntimeException first = null;
        for (Future<?> run : runs) {
          try {
            run.get();
          } catch (ExecutionException e) {
            ended = true;
            first = first == null ? asThrown(e.getCause()) : first;
          }
        }
        if (first != null) {
          throw first;
        }
      } finally {
        ended = true;
        workers.shutdownNow();
      }
    }

    private static RuntimeException asThrown(Throwable cause) throws InterruptedException {
      if (cause instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      return (RuntimeException) cause;
    }

    private Void one(SweepTrial trial) throws InterruptedException {
      if (ended) {
        return null;
      }
      long start = System.nanoTime();
      boolean kept = trial.configuration().isEmpty() || isGiven(trial) || trial.isComplete(hadoop);
      TrialOutcome outcome;
      try {
        outcome =
            trial.configuration().isEmpty()
                ? TrialOutcome.failed(trial.impossible())
                : made(trial, kept);
      } catch (RuntimeException e) {
        if (spark.sc().isStopped() || e instanceof StoppedException || ended) {
          ended = true;
          throw e;
        }
        outcome = TrialOutcome.failed(TrialOutcome.reason(e));
      }
      finished(trial, outcome, kept, (System.nanoTime() - start) / 1e9);
      return null;
    }

    private TrialOutcome made(SweepTrial trial, boolean kept) throws InterruptedException {
      TrainingConfiguration configuration = trial.configuration().orElseThrow();
      return saying(
          trial.file(),
          lines -> {
            if (!kept) {
              TrainingRun.run(spark, configuration, TrainingRun.Start.RESUME, lines);
            }
            TrainedModel model = TrainedModel.open(configuration.runDirectory(), hadoop);
            Map<String, Map<String, Double>> validation = judged.of(model.validation());
            Map<String, Map<String, Double>> figures =
                judged.of(model.evaluation(spark, grid.split()).tasks());
            return trial.task().isPresent()
                ? new TrialOutcome("", validation, figures, Double.NaN, List.of())
                : TrialOutcome.of(
                    validation,
                    figures,
                    LoggedSteps.of(RunDirectory.of(configuration.runDirectory(), hadoop)),
                    judged.tasks());
          });
    }

    private synchronized void finished(
        SweepTrial trial, TrialOutcome outcome, boolean kept, double seconds) {
      outcomes.put(trial, outcome);
      done++;
      if (kept) {
        if (!outcome.isComplete() && trial.configuration().isPresent()) {
          say("%d of %d: %s FAILED: %s", done, trials.size(), trial, outcome.failure());
        }
        return;
      }
      trained++;
      long now = System.nanoTime();
      int left = trials.size() - done;
      Duration rest = Duration.ofNanos((now - began) / trained * left);
      say(
          "%d of %d: %s %s in %.1f s%s",
          done,
          trials.size(),
          trial,
          outcome.isComplete() ? "done" : "FAILED (" + outcome.failure() + ")",
          seconds,
          left == 0
              ? ""
              : "; %d left, about %d:%02d:%02d"
                  .formatted(left, rest.toHours(), rest.toMinutesPart(), rest.toSecondsPart()));
      if (left > 0 && now - tabulated > BETWEEN_TABLES.toNanos()) {
        tabulated = now;
        write();
      }
    }
  }

  /** What is known, by the combinations of the grid. */
  private Map<SweepTrial, TrialOutcome> known() {
    Map<SweepTrial, TrialOutcome> known = new LinkedHashMap<>();
    for (SweepTrial trial : trials) {
      TrialOutcome outcome = outcomes.get(trial);
      if (outcome != null) {
        known.put(trial, outcome);
      }
    }
    return primaries.assembled(known);
  }

  private SweepResults write() {
    List<String> trained = any.tasks(data).stream().map(Task::name).toList();
    SweepResults results =
        new SweepFindings(grid, judged.tasks(), trained, judgement, known())
            .results(data.dataset(), any.validationSplit(), checks);
    out.write(SweepResults.FILE, results.toJson());
    return results;
  }

  /** Whether it was trained elsewhere, where nothing is to be changed. */
  private boolean isGiven(SweepTrial trial) {
    return trial.task().isPresent() && grid.given().isPresent();
  }

  private void say(String form, Object... values) {
    console.printf(Locale.ROOT, "[sweep] " + form + "%n", values);
  }
}
