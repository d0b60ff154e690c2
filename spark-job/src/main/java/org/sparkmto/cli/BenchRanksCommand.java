package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.experiment.RankComparison;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how far the number of ranks is seen in networks with batch normalisation. */
@Command(
    name = "ranks",
    description = {
      "Measures how far apart one rank and several end in networks with batch normalisation.",
      "Every method makes the same steps on one rank and on several, of a ResNet-18, a SegNet and a"
          + " DeepLab of",
      "width 4 on images of 32 x 32, with network.statistics = rank, ghost and synchronised. The"
          + " table says how far",
      "apart their parameters end, relative to all of them, and how far rounding alone drives one"
          + " rank: from weights of",
      "which each is the next number. Takes more than an hour on 2 cores with all methods."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto bench ranks --master local[3]",
      "  spark-mto bench ranks --master local[3] --methods ew,imtl-g --steps 2"
    })
final class BenchRanksCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Mixin private MethodsOption methods;

  @Option(
      names = "--ranks",
      paramLabel = "N",
      split = ",",
      defaultValue = "2,3",
      description = "Numbers of ranks, 1 to 24 each. Default: ${DEFAULT-VALUE}.")
  private List<Integer> ranks;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20",
      description = "Steps of every run. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Override
  Work prepare() {
    if (steps < 1 || ranks.stream().anyMatch(number -> number < 1 || number > 24)) {
      throw new ConfigurationException(
          "--steps %d must be 1 or more, and each of --ranks %s from 1 to 24"
              .formatted(steps, ranks));
    }
    List<MethodEntry> chosen = methods.chosen();
    return () -> {
      PrintWriter console = spec.commandLine().getOut();
      try (SparkSession session = spark.openForTraining("spark-mto bench ranks")) {
        new RankComparison(chosen, ranks, steps)
            .run(JavaSparkContext.fromSparkContext(session.sparkContext()), console);
      }
    };
  }
}
