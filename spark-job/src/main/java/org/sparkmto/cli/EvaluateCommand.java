package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.configuration.Preference;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.evaluation.SeedAverage;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.Spread;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.ExecutorWatch;
import org.sparkmto.training.FrontEvaluation;
import org.sparkmto.training.ModelEvaluation;
import org.sparkmto.training.RunDirectory;
import org.sparkmto.training.TrainedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Evaluates trained models. */
@Command(
    name = "evaluate",
    description = {
      "Evaluates trained models on a split and prints their metrics by task.",
      "Writes evaluation-SPLIT.json and details-SPLIT.json into each run.",
      "accuracy: share of right answers. balanced-accuracy: mean over the classes of the",
      "share of right answers; a binary task says yes above the training share of yes.",
      "undefined: the split has not what the metric needs, and it enters no mean.",
      "mean-iou, pixel-accuracy: of all labelled pixels of the split. absolute-error, rmse: in the",
      "unit of the target; relative-error: a ratio. Angles in degrees; within-N: share below N.",
      "Delta_m counts the figures of the run's metrics.delta, and says which."
    },
    footer = {
      "%nExamples:",
      "  spark-mto evaluate runs/ew runs/imtl --baseline runs/single",
      "  spark-mto evaluate runs/cosmos --front 4"
    })
final class EvaluateCommand extends SubCommand {
  /** Their pictures stand in one file and in one page. */
  private static final int MOST_WORST = 100;

  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Mixin private ExecutorDeadline deadline;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = {
        "Directories of runs; of `train --seeds`, their mean and spread; of retrainings (see",
        "retrain), the promoted run."
      })
  private List<String> runs;

  @Option(
      names = "--split",
      defaultValue = "test",
      paramLabel = "NAME",
      description = "Split to evaluate on. Default: ${DEFAULT-VALUE}.")
  private String split;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data set, if not the one the model was trained on.")
  private String data;

  @Option(
      names = "--baseline",
      paramLabel = "DIR",
      description = {
        "Directory of `train --tasks one` or a store of such networks (baselines.directory), to",
        "compare with by Delta_m."
      })
  private String baseline;

  @Option(
      names = "--worst",
      paramLabel = "N",
      description = {
        "How many samples of the highest loss of each task details-SPLIT.json and the report show,",
        "as small pictures; 0 for none. Default: ${DEFAULT-VALUE}"
      })
  private int worst = ModelEvaluation.WORST;

  @Option(
      names = "--preference",
      paramLabel = "SHARES",
      description = {
        "What a network of method cosmos is asked for: a number per task, such as 0.3,0.7.",
        "Repeatable: one network answers to all. Writes front-SPLIT.json instead, which has each",
        "answer, how much of the box of best and worst figures they dominate together",
        "(hypervolume, of the box of all runs given), and how often a wish is obeyed."
      })
  private List<String> preferences = List.of();

  @Option(
      names = "--front",
      paramLabel = "N",
      description = "The same for all preferences whose shares are multiples of 1/N.")
  private Integer front;

  @Override
  Work prepare() {
    if (worst < 0 || worst > MOST_WORST) {
      throw new ConfigurationException(
          "--worst " + worst + " is not a number from 0 to " + MOST_WORST);
    }
    List<Preference> asked = preferences.stream().map(Preference::parse).toList();
    if (front != null || !asked.isEmpty()) {
      return () -> fronts(tasks -> preferences(asked, tasks));
    }
    return () -> {
      check(spark.hadoop());
      String name = "spark-mto evaluate " + String.join(" ", runs);
      try (SparkSession session = spark.openForTraining(name);
          ExecutorWatch watch = deadline.watch(session, spec.commandLine().getErr())) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
        PrintWriter out = spec.commandLine().getOut();
        for (String run : runs) {
          RunDirectory directory = RunDirectory.of(run, context.hadoopConfiguration());
          List<String> seeds = directory.seeds();
          if (seeds.isEmpty()) {
            evaluate(context, out, run);
            continue;
          }
          List<ModelEvaluation.Evaluated> all = new ArrayList<>();
          for (String seed : seeds) {
            all.add(evaluate(context, out, seed));
          }
          average(out, run, all);
          ModelEvaluation.writeAverage(directory, split, all);
        }
      }
    };
  }

  private List<Preference> preferences(List<Preference> named, int tasks) {
    List<Preference> all = new ArrayList<>(named);
    if (front != null) {
      all.addAll(Preference.front(front, tasks));
    }
    return all;
  }

  private void fronts(FrontEvaluation.Asked asked) throws Exception {
    if (baseline != null) {
      throw new ConfigurationException(
          "--baseline compares one answer of a network; leave it out, or --preference and --front");
    }
    List<String> all = new ArrayList<>();
    for (String run : runs) {
      List<String> seeds = RunDirectory.of(run, spark.hadoop()).seeds();
      all.addAll(seeds.isEmpty() ? List.of(run) : seeds);
    }
    for (String run : all) {
      FrontEvaluation.check(run, split, Optional.ofNullable(data), asked, spark.hadoop());
    }
    try (SparkSession session =
            spark.openForTraining("spark-mto evaluate " + String.join(" ", runs));
        ExecutorWatch watch = deadline.watch(session, spec.commandLine().getErr())) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      new FrontEvaluation(context, split, Optional.ofNullable(data))
          .lines(all, asked)
          .forEach(spec.commandLine().getOut()::println);
    }
  }

  private void check(Configuration hadoop) {
    for (String run : runs) {
      List<String> seeds = RunDirectory.of(run, hadoop).seeds();
      for (String one : seeds.isEmpty() ? List.of(run) : seeds) {
        ModelEvaluation.check(
            one, split, Optional.ofNullable(data), Optional.ofNullable(baseline), hadoop);
      }
    }
  }

  private ModelEvaluation.Evaluated evaluate(
      JavaSparkContext context, PrintWriter out, String run) {
    TrainedModel model = TrainedModel.open(run, context.hadoopConfiguration());
    model.caution().ifPresent(out::println);
    ModelEvaluation.Evaluated evaluated =
        ModelEvaluation.of(
            model, context, split, Optional.ofNullable(data), Optional.ofNullable(baseline), worst);
    print(out, run, evaluated, model.yesFromProbability());
    FrontEvaluation.usual(model)
        .ifPresent(
            usual ->
                out.printf("  asked for %s; --preference and --front ask for others%n%n", usual));
    return evaluated;
  }

  private void average(PrintWriter out, String run, List<ModelEvaluation.Evaluated> all) {
    out.printf("%s on %s, mean and standard deviation of %d runs%n", run, split, all.size());
    SeedAverage average = ModelEvaluation.average(all);
    Map<String, Map<String, Spread>> tasks = average.tasks();
    String head = "  %-" + width(tasks.keySet()) + "s";
    tasks.forEach(
        (task, metrics) -> {
          out.printf(head, task);
          metrics.forEach((metric, spread) -> out.printf("  %s %s", metric, spread));
          out.println();
        });
    average.delta().ifPresent(delta -> out.printf("  Delta_m %s%n", delta));
    out.println();
  }

  private static int width(Set<String> names) {
    return Math.max(4, names.stream().mapToInt(String::length).max().orElse(4));
  }

  private void print(
      PrintWriter out,
      String run,
      ModelEvaluation.Evaluated evaluated,
      Map<String, List<Double>> yesFrom) {
    Scores scores = evaluated.scores();
    out.printf("%s on %s%n", run, split);
    String head = "  %-" + width(scores.tasks().keySet()) + "s";
    List<String> metrics = List.copyOf(scores.mean().keySet());
    boolean same =
        scores.tasks().values().stream().allMatch(values -> values.size() == metrics.size());
    if (same) {
      out.printf(head, "task");
      metrics.forEach(metric -> out.printf("  %" + column(metric) + "s", metric));
      out.println();
      scores.tasks().forEach((task, values) -> row(out, head, task, metrics, values));
      row(out, head, "mean", metrics, scores.mean());
    } else {
      scores
          .tasks()
          .forEach(
              (task, values) -> {
                out.printf(head, task);
                values.forEach(
                    (metric, value) -> out.printf("  %s %s", metric, Figure.text(value)));
                out.println();
              });
    }
    yesFrom.forEach(
        (task, probabilities) ->
            out.printf(
                "  %s says yes from a probability of %s on, as the validation split chose%n",
                task, probabilities.stream().map(Figure::text).collect(Collectors.joining(", "))));
    scores.undefined().forEach(sentence -> out.printf("  %s%n", sentence));
    evaluated
        .delta()
        .ifPresent(delta -> out.printf("  Delta_m %s (%s)%n", delta.values(), delta.meaning()));
    out.println();
  }

  /** Characters of a metric's column. */
  private static int column(String metric) {
    return Math.max(17, metric.length());
  }

  private static void row(
      PrintWriter out, String head, String name, List<String> metrics, Map<String, Double> values) {
    out.printf(head, name);
    metrics.forEach(
        metric ->
            out.printf(
                "  %" + column(metric) + "s",
                Figure.text(values.getOrDefault(metric, Double.NaN))));
    out.println();
  }
}
