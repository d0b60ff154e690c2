package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.experiment.ExchangeBenchmark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what moves. */
@Command(
    name = "exchange",
    description = {
      "Measures what a step of K tasks moves between ranks and to the driver, without anything"
          + " that is computed: one",
      "gradient as plain data parallel training does, inner products at z, K sketches, K gradients"
          + " in slices, and by",
      "Spark's own means (K gradients by treeAggregate, the update by broadcast).",
      "Ranks of one machine do so in memory that they share and then over Gloo. The ways take"
          + " turns, so that the",
      "machine's moods are those of all. A thousand questions to the driver come before, until the"
          + " JVM has compiled what",
      "they go through, as in a run of many steps.",
      "On a cluster with an executor for each rank the messages are those of a run; with"
          + " --master local[2] all ranks are",
      "in one process, whose memory counts for all."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  deploy/standalone/submit bench exchange",
      "  spark-mto bench exchange --master local[2] --tasks 2,10 --parameters 100000"
    })
final class BenchExchangeCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private JsonFile json;
  @Mixin private SparkOptions spark;

  @Option(
      names = "--tasks",
      paramLabel = "K",
      split = ",",
      defaultValue = "2,10,40",
      description = "Numbers of tasks. Default: ${DEFAULT-VALUE}.")
  private List<Integer> tasks;

  @Option(
      names = "--parameters",
      paramLabel = "P",
      split = ",",
      defaultValue = "1000000,11000000",
      description = "Numbers of shared parameters. Default: ${DEFAULT-VALUE}.")
  private List<Integer> parameters;

  @Option(
      names = "--ranks",
      paramLabel = "N",
      defaultValue = "2",
      description = "Ranks. Default: ${DEFAULT-VALUE}.")
  private int ranks;

  @Option(
      names = "--sketch",
      paramLabel = "D",
      defaultValue = "8192",
      description = "Numbers of a sketch, as look.sketch. Default: ${DEFAULT-VALUE}.")
  private int sketch;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "9",
      description =
          "Timed steps of each way, three in each of its turns. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--without-spark",
      description = "Leave out Spark's own means, which are slow and need much memory.")
  private boolean withoutSpark;

  @Override
  Work prepare() {
    json.check();
    ExchangeBenchmark.Settings settings =
        new ExchangeBenchmark.Settings(tasks, parameters, ranks, sketch, steps, !withoutSpark);
    return () -> {
      PrintWriter out = spec.commandLine().getOut();
      try (SparkSession session = spark.openForTraining("spark-mto bench exchange")) {
        ExchangeBenchmark measured =
            ExchangeBenchmark.run(
                JavaSparkContext.fromSparkContext(session.sparkContext()),
                settings,
                spec.commandLine().getErr());
        out.print(measured.toText());
        out.flush();
        json.write(measured::toJson);
      }
    };
  }
}
