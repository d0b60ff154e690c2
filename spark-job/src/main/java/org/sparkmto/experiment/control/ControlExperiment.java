package org.sparkmto.experiment.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.experiment.NamedOptions;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.report.LearningCurve;
import org.sparkmto.report.ReportFolder;
import org.sparkmto.report.SweepReport;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.training.RunDirectory;

/**
 * Makes the runs of a plan, one after the other, and writes what they came to. A run that is over
 * leaves a file, and is not made again.
 */
public final class ControlExperiment {
  private static final String RUNS = "runs";
  private static final String METHOD = "method";
  private static final long PAUSE_NANOS = 5_000_000_000L;

  private final JavaSparkContext spark;
  private final ControlPlan plan;
  private final RunDirectory out;
  private final PrintStream console;
  private final int all;
  private int made;
  private long madeNanos;
  private long spoken;

  private ControlExperiment(
      JavaSparkContext spark, ControlPlan plan, RunDirectory out, PrintStream console) {
    this.spark = spark;
    this.plan = plan;
    this.out = out;
    this.console = console;
    all = plan.methods().size() * plan.seeds().size();
  }

  /**
   * Refuses a directory that holds something else.
   *
   * @throws ConfigurationException if it does
   */
  public static void check(String directory, Configuration hadoop) {
    RunDirectory out = RunDirectory.of(directory, hadoop);
    List<String> names = out.names();
    if (!names.isEmpty() && !names.contains(RUNS)) {
      throw new ConfigurationException(
          directory + " is not empty and not the directory of this command; give another one");
    }
  }

  /**
   * Makes the runs that are not there, and leaves {@code results.json}, tables and a page.
   *
   * @param console hears how far it is
   * @return what all runs came to
   * @throws IOException if a table cannot be written
   */
  public static SweepResults run(
      JavaSparkContext spark, ControlPlan plan, String directory, PrintStream console)
      throws IOException {
    RunDirectory out = RunDirectory.of(directory, spark.hadoopConfiguration());
    return new ControlExperiment(spark, plan, out, console).run();
  }

  private SweepResults run() throws IOException {
    Map<NamedOptions, List<ControlOutcome>> outcomes = new LinkedHashMap<>();
    int number = 0;
    // Seed after seed, so that after a part of the time there is something of every method.
    for (long seed : plan.seeds()) {
      for (NamedOptions method : plan.methods()) {
        outcomes
            .computeIfAbsent(method, none -> new ArrayList<>())
            .add(outcome(method, seed, ++number));
      }
    }
    SweepResults results = ControlFindings.results(plan, outcomes);
    out.write(SweepResults.FILE, results.toJson());
    Map<String, Double> times = new LinkedHashMap<>();
    List<LearningCurve> curves = new ArrayList<>();
    outcomes.forEach(
        (method, runs) -> {
          for (ControlOutcome one : runs) {
            Map<String, String> point = Map.of(METHOD, method.toString());
            times.put(SweepResults.name(point, one.seed()), one.millis());
            curves.add(curve(one));
          }
        });
    ReportFolder folder = this::file;
    SweepReport.write(results, times, curves, folder);
    return results;
  }

  private LearningCurve curve(ControlOutcome outcome) {
    Map<Double, Double> points = new LinkedHashMap<>();
    for (ControlOutcome.Judgement one : outcome.judgements()) {
      points.put((double) plan.actions() / plan.rounds() * one.rounds(), one.success());
    }
    return new LearningCurve(outcome.method(), points);
  }

  private ByteArrayOutputStream file(String name) {
    return new ByteArrayOutputStream() {
      @Override
      public void close() {
        out.write(name, toString(StandardCharsets.UTF_8));
      }
    };
  }

  private ControlOutcome outcome(NamedOptions method, long seed, int number) {
    String file = RUNS + "/" + method.toString().replaceAll("[^\\w.=-]+", "_") + "-seed-" + seed;
    Optional<ControlOutcome> kept =
        out.read(file + ".json")
            .flatMap(json -> ControlOutcome.read(json, plan.identity()))
            // Options that a name of a file cannot have may make two methods one file.
            .filter(one -> one.method().equals(method.toString()));
    String name = "[" + number + " of " + all + "] " + method + ", seed " + seed;
    if (kept.isPresent()) {
      console.printf(Locale.ROOT, "%s: kept, success %.3f%n", name, kept.get().last().success());
      return kept.get();
    }
    long begun = System.nanoTime();
    ControlOutcome outcome =
        new ControlRun(spark, plan, method, seed)
            .make((rounds, judged) -> say(name, number, rounds, judged, begun));
    out.write(file + ".json", outcome.toJson(plan.identity()));
    made++;
    madeNanos += System.nanoTime() - begun;
    return outcome;
  }

  private void say(
      String name, int number, int rounds, List<ControlOutcome.Judgement> judged, long begun) {
    long now = System.nanoTime();
    boolean over = rounds == plan.rounds();
    if (!over && now - spoken < PAUSE_NANOS) {
      return;
    }
    spoken = now;
    double done = made + (double) rounds / plan.rounds();
    double left = (madeNanos + now - begun) / 1e9 / done * (1 - done + made + all - number);
    console.printf(
        Locale.ROOT,
        "%s: round %d of %d, success %s  ETA %d:%02d%n",
        name,
        rounds,
        plan.rounds(),
        judged.isEmpty()
            ? "not yet known"
            : String.format(Locale.ROOT, "%.3f", judged.get(judged.size() - 1).success()),
        (long) left / 60,
        (long) left % 60);
  }
}
