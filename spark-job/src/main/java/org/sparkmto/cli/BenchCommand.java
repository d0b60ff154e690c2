package org.sparkmto.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.config.ConfigurationException;
import org.sparkmto.experiment.StepBenchmark;
import org.sparkmto.experiment.StepTable;
import org.sparkmto.training.SyntheticProblem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures. */
@Command(
    name = "bench",
    description = "Measures what training costs on this machine or cluster.",
    synopsisSubcommandLabel = "SUB-COMMAND",
    subcommands = BenchCommand.StepCommand.class,
    footer = {"%nExample:", "  spark-mto bench step --master local[2]"})
final class BenchCommand extends SubCommand {
  @Spec private CommandSpec spec;

  @Override
  Work prepare() {
    throw new ParameterException(spec.commandLine(), "Missing sub-command");
  }

  /** Measures a step. */
  @Command(
      name = "step",
      description = {
        "Measures a training step: the bare libtorch loop, our step without Spark, on Spark with",
        "1 rank and with several ranks that share the batch, for EW, IMTL-G at the representation",
        "and exact PCGrad at the parameters. Images are random and in memory.",
        "Takes about 5 minutes on 2 cores."
      },
      sortOptions = false,
      footer = {
        "%nExample:",
        "  spark-mto bench step --master local[2] --json step.json",
        "  spark-mto bench step --quick"
      })
  static final class StepCommand extends SubCommand {
    private static final int QUICK_WIDTH = 8;

    @Spec private CommandSpec spec;
    @Mixin private SparkOptions spark;

    @Option(
        names = "--width",
        paramLabel = "N",
        description = "Width of the ResNet-18. Default: 64.")
    private Integer width;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "32",
        description = "Images of the global batch. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
        names = "--tasks",
        paramLabel = "N",
        defaultValue = "40",
        description = "Binary tasks. Default: ${DEFAULT-VALUE}.")
    private int tasks;

    @Option(
        names = "--steps",
        paramLabel = "N",
        description = "Timed steps per round; exact PCGrad makes a fifth of them. Default: 5.")
    private Integer steps;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        description = "Rounds in which all modes take turns. Default: 3.")
    private Integer rounds;

    @Option(
        names = "--ranks",
        paramLabel = "N",
        defaultValue = "2",
        description = "Ranks of the mode with several. Default: ${DEFAULT-VALUE}.")
    private int ranks;

    @Option(
        names = "--threads",
        paramLabel = "N",
        defaultValue = "1",
        description = "Threads of each rank. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the table as JSON, too.")
    private Path json;

    @Option(
        names = "--quick",
        description = "A network of width 8, one round, few steps: whether it works, no more.")
    private boolean quick;

    @Override
    Work prepare() {
      if (json != null && !Files.isDirectory(json.toAbsolutePath().getParent())) {
        throw new ConfigurationException("--json " + json + ": there is no such directory");
      }
      StepBenchmark.Settings settings =
          new StepBenchmark.Settings(
              new SyntheticProblem(tasks, either(width, QUICK_WIDTH, 64), 64, batch),
              threads,
              ranks,
              either(rounds, 1, 3),
              either(steps, 2, 5));
      if (batch < ranks) {
        throw new ConfigurationException(
            "--batch " + batch + " leaves some of " + ranks + " ranks idle");
      }
      return () -> {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (SparkSession session = spark.openForTraining("spark-mto bench step")) {
          JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
          StepTable table = StepBenchmark.run(context, settings, err);
          out.print(table.toText());
          out.flush();
          if (json != null) {
            Files.writeString(json, table.toJson());
          }
        }
      };
    }

    private int either(Integer given, int quickly, int usually) {
      return given != null ? given : quick ? quickly : usually;
    }
  }
}
