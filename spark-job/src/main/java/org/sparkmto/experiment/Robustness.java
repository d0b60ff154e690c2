package org.sparkmto.experiment;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.metric.CorruptionRobustness;
import org.sparkmto.metric.Figure;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.training.KeptEvaluations;
import org.sparkmto.training.ModelEvaluation;
import org.sparkmto.training.RunDirectory;
import org.sparkmto.training.TrainedModel;
import org.sparkmto.version.BuildVersion;

/**
 * How well trained networks bear corrupted images, alone or beside networks of single tasks: every
 * network is evaluated on the clean data set and on each of the corrupted ones. What has been
 * evaluated is kept, so that an interrupted run goes on where it was.
 */
public final class Robustness {
  private static final String STORE = "evaluations";
  private static final String NAME = "robustness";

  /**
   * What to do.
   *
   * @param runs directories of runs, or of several that differ in their seed
   * @param corrupted directory of the corrupted data sets
   * @param clean directory of the clean one, if it is not where it was
   * @param baseline directory of networks of single tasks to compare with
   * @param split to evaluate on
   * @param out where the table and what was evaluated go
   */
  public record Settings(
      List<String> runs,
      String corrupted,
      Optional<String> clean,
      Optional<String> baseline,
      String split,
      String out) {
    public Settings {
      runs = List.copyOf(runs);
      if (runs.stream().distinct().count() < runs.size()) {
        throw new ConfigurationException("a run is named twice: " + String.join(" ", runs));
      }
    }
  }

  private final Settings settings;
  private final Configuration hadoop;
  private final PrintStream console;
  private final CorruptedSets sets;
  private final KeptEvaluations kept;
  private final long started = System.nanoTime();
  private int made;
  private int done;
  private int all;

  private Robustness(JavaSparkContext spark, Settings settings, PrintStream console) {
    this.settings = settings;
    this.hadoop = spark.hadoopConfiguration();
    this.console = console;
    sets = CorruptedSets.in(settings.corrupted(), settings.clean(), settings.split(), hadoop);
    kept = new KeptEvaluations(spark, RunDirectory.of(settings.out(), hadoop).below(STORE));
  }

  /** A run that is compared: the models of its seeds, or its only one. */
  private record Compared(String run, List<TrainedModel> seeds) {}

  /**
   * Refuses whatever {@link #run} would refuse and can be without a cluster; writes nothing.
   *
   * @throws ConfigurationException if a model, a data set or a baseline is missing
   */
  public static void check(Settings settings, Configuration hadoop) {
    CorruptedSets sets =
        CorruptedSets.in(settings.corrupted(), settings.clean(), settings.split(), hadoop);
    for (Compared compared : compared(settings, hadoop)) {
      for (TrainedModel model : compared.seeds()) {
        model.plan(sets.clean().manifest());
        baselines(settings, model, sets, hadoop);
      }
    }
  }

  private static List<Compared> compared(Settings settings, Configuration hadoop) {
    List<Compared> compared = new ArrayList<>();
    for (String run : settings.runs()) {
      List<String> seeds = RunDirectory.of(run, hadoop).seeds();
      compared.add(
          new Compared(
              run,
              (seeds.isEmpty() ? List.of(run) : seeds)
                  .stream().map(one -> TrainedModel.open(one, hadoop)).toList()));
    }
    return compared;
  }

  private static Map<String, TrainedModel> baselines(
      Settings settings, TrainedModel model, CorruptedSets sets, Configuration hadoop) {
    return settings
        .baseline()
        .map(
            directory ->
                ModelEvaluation.baselines(model, directory, sets.clean().manifest(), hadoop))
        .orElse(Map.of());
  }

  /**
   * Evaluates, and leaves {@code robustness.md}, {@code .csv}, {@code .json} and {@code .html} in
   * the directory.
   *
   * @param console hears how far it is
   * @throws ConfigurationException if a model, a data set or a baseline is missing
   */
  public static RobustnessTable run(JavaSparkContext spark, Settings settings, PrintStream console)
      throws IOException {
    check(settings, spark.hadoopConfiguration());
    return new Robustness(spark, settings, console).evaluate(spark);
  }

  private RobustnessTable evaluate(JavaSparkContext spark) throws IOException {
    List<Compared> compared = compared(settings, hadoop);
    int networks = 0;
    for (Compared one : compared) {
      for (TrainedModel model : one.seeds()) {
        networks += 1 + baselines(settings, model, sets, hadoop).size();
      }
    }
    all = networks * (1 + sets.sets().size());
    List<RobustnessTable.Row> rows = new ArrayList<>();
    for (Compared one : compared) {
      List<Map<String, Map<String, CorruptionRobustness>>> seeds = new ArrayList<>();
      for (TrainedModel model : one.seeds()) {
        seeds.add(tasks(model));
      }
      rows.add(new RobustnessTable.Row(one.run(), seeds));
    }
    RobustnessTable table = new RobustnessTable(environment(spark), sets.conditions(), rows);
    RunDirectory out = RunDirectory.of(settings.out(), hadoop);
    out.write(NAME + ".md", table.toMarkdown());
    out.write(NAME + ".csv", table.toCsv());
    out.write(NAME + ".json", table.toJson());
    out.write(NAME + ".html", table.toPage(List.of(NAME + ".md", NAME + ".csv", NAME + ".json")));
    return table;
  }

  /** What a model comes to, by task and figure. */
  private Map<String, Map<String, CorruptionRobustness>> tasks(TrainedModel model) {
    List<Evaluation> own = evaluations(model);
    Map<String, List<Evaluation>> singles = new LinkedHashMap<>();
    baselines(settings, model, sets, hadoop)
        .forEach((task, single) -> singles.put(task, evaluations(single)));
    Map<String, Map<String, CorruptionRobustness>> tasks = new LinkedHashMap<>();
    ModelEvaluation.counted(model, sets.clean().manifest())
        .tasks()
        .forEach(
            (task, figures) -> {
              Map<String, CorruptionRobustness> byFigure = new LinkedHashMap<>();
              for (Figure figure : figures) {
                List<Double> values = values(own, task, figure);
                List<Double> single = values(singles.getOrDefault(task, List.of()), task, figure);
                byFigure.put(
                    figure.name(),
                    new CorruptionRobustness(
                        figure.direction(),
                        values.get(0),
                        values.subList(1, values.size()),
                        single.isEmpty() ? Double.NaN : single.get(0),
                        single.isEmpty() ? List.of() : single.subList(1, single.size())));
              }
              tasks.put(task, byFigure);
            });
    return tasks;
  }

  private static List<Double> values(List<Evaluation> evaluations, String task, Figure figure) {
    return evaluations.stream().map(one -> one.of(task, figure.name())).toList();
  }

  /** Of a model on the clean data set, and then on each of the corrupted ones. */
  private List<Evaluation> evaluations(TrainedModel model) {
    List<Evaluation> evaluations = new ArrayList<>();
    evaluations.add(evaluation(model, sets.clean(), "clean"));
    for (CorruptedSets.Corrupted set : sets.sets()) {
      evaluations.add(evaluation(model, set.dataset(), set.condition().label()));
    }
    return evaluations;
  }

  private Evaluation evaluation(TrainedModel model, DatasetDirectory dataset, String name) {
    Optional<Evaluation> there = kept.there(model, dataset, settings.split());
    done++;
    if (there.isPresent()) {
      return there.get();
    }
    Evaluation evaluation = kept.of(model, dataset, settings.split());
    made++;
    Duration rest =
        Duration.ofNanos((System.nanoTime() - started) / made * (all - done)).plusSeconds(1);
    console.printf(
        Locale.ROOT,
        "[robustness] %d of %d: %s on %s, at most %d:%02d:%02d left%n",
        done,
        all,
        model.run(),
        name,
        rest.toHours(),
        rest.toMinutesPart(),
        rest.toSecondsPart());
    return evaluation;
  }

  private Map<String, String> environment(JavaSparkContext spark) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("data set", sets.clean().manifest().dataset());
    environment.put("clean", sets.clean().root().toString());
    environment.put("split", settings.split());
    settings.baseline().ifPresent(directory -> environment.put("single tasks", directory));
    BuildVersion version = BuildVersion.current();
    environment.put(
        "versions",
        "spark-mto %s, Spark %s, libtorch %s"
            .formatted(version.application(), spark.version(), version.libtorch()));
    return environment;
  }
}
