package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.experiment.Robustness;
import org.sparkmto.experiment.RobustnessTable;
import org.sparkmto.training.ExecutorWatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Evaluates trained models on corrupted images. */
@Command(
    name = "robustness",
    description = {
      "Evaluates trained models on corrupted images, beside networks of single tasks.",
      "Relative performance is the figure under corruption over that on clean data; the table",
      "has it less that of the networks of single tasks, by figure, family and corruption:",
      "above 0 the model bears corruption better. Writes robustness.md, .csv, .json and .html;",
      "run it again to go on after an interruption: what has been evaluated is kept."
    },
    footer = {
      "%nExample:",
      "  spark-mto robustness runs/ew runs/imtl --data corrupted/rooms --baseline runs/single \\",
      "      --out reports/robustness"
    })
final class RobustnessCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Mixin private ExecutorDeadline deadline;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = "Directories of runs; of `train --seeds`, mean and deviation of theirs.")
  private List<String> runs;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the data sets that `corrupt` made.")
  private String data;

  @Option(
      names = "--clean",
      paramLabel = "DIR",
      description = "The data set that they were made of, if it is not where it was.")
  private String clean;

  @Option(
      names = "--baseline",
      paramLabel = "DIR",
      description = {
        "Directory of networks of single tasks, each in a folder with the name of its task, or a",
        "store of such networks. Without it, the table says what each run loses by itself."
      })
  private String baseline;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "test",
      description = "Split to evaluate on. Default: ${DEFAULT-VALUE}.")
  private String split;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the table goes, and what has been evaluated is kept.")
  private String out;

  @Override
  Work prepare() {
    Robustness.Settings settings =
        new Robustness.Settings(
            runs, data, Optional.ofNullable(clean), Optional.ofNullable(baseline), split, out);
    return () -> {
      Robustness.check(settings, spark.hadoop());
      PrintWriter console = spec.commandLine().getOut();
      try (SparkSession session =
              spark.openForTraining("spark-mto robustness " + String.join(" ", runs));
          ExecutorWatch watch = deadline.watch(session, spec.commandLine().getErr())) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
        RobustnessTable table = Robustness.run(context, settings, System.err);
        console.print(table.toMarkdown());
        console.printf("%n%s/robustness.html%n", out);
        console.flush();
      }
    };
  }
}
