package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.evaluation.Scores;
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
      "Writes evaluation-SPLIT.json into each run.",
      "accuracy: share of right answers. balanced-accuracy: mean over the classes of the",
      "share of right answers; a binary task says yes above the training share of yes."
    },
    footer = {"%nExample:", "  spark-mto evaluate runs/ew runs/imtl --baseline runs/single"})
final class EvaluateCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Parameters(arity = "1..*", paramLabel = "RUN", description = "Directories of runs.")
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
      description = "Directory of `train --tasks one`, to compare with by Delta_m.")
  private String baseline;

  @Override
  Work prepare() {
    return () -> {
      try (SparkSession session = spark.openForTraining("spark-mto evaluate")) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
        PrintWriter out = spec.commandLine().getOut();
        for (String run : runs) {
          TrainedModel model = TrainedModel.open(run, context.hadoopConfiguration());
          print(
              out,
              run,
              model.evaluate(
                  context, split, Optional.ofNullable(data), Optional.ofNullable(baseline)));
        }
      }
    };
  }

  private void print(PrintWriter out, String run, TrainedModel.Evaluated evaluated) {
    Scores scores = evaluated.scores();
    List<String> metrics = List.copyOf(scores.mean().keySet());
    int width =
        Math.max(4, scores.tasks().keySet().stream().mapToInt(String::length).max().orElse(4));
    out.printf("%s on %s%n", run, split);
    String head = "  %-" + width + "s";
    out.printf(head, "task");
    metrics.forEach(metric -> out.printf("  %17s", metric));
    out.println();
    scores.tasks().forEach((task, values) -> row(out, head, task, metrics, values));
    row(out, head, "mean", metrics, scores.mean());
    evaluated
        .delta()
        .ifPresent(
            delta ->
                out.printf(
                    "  Delta_m %+.2f %% by task, %+.2f %% by metric (%s)%n",
                    delta.taskWeighted(), delta.metricWeighted(), delta.convention().text()));
    out.println();
  }

  private static void row(
      PrintWriter out, String head, String name, List<String> metrics, Map<String, Double> values) {
    out.printf(head, name);
    metrics.forEach(metric -> out.printf("  %17.4f", values.getOrDefault(metric, Double.NaN)));
    out.println();
  }
}
