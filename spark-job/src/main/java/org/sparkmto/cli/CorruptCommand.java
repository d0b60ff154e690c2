package org.sparkmto.cli;

import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.corruption.CorruptionCondition;
import org.sparkmto.preprocessing.job.Corrupting;
import org.sparkmto.preprocessing.job.CorruptionRequest;
import org.sparkmto.training.ExecutorWatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes corrupted data sets of a finished one. */
@Command(
    name = "corrupt",
    description = {
      "Makes data sets of images under common corruptions from a finished one.",
      "Noise, blur, weather and digital faults in five severities; 'list corruptions' names",
      "them. Samples, order and targets stay as they are, also where pixels move.",
      "Each corruption at each severity is a data set below --out, such as fog-3; run it again",
      "to go on after an interruption. With --mixed there is one data set, in which every",
      "sample has one of them, drawn for it: to train on."
    },
    footer = {
      "%nExample:",
      "  spark-mto corrupt shards/rooms --out corrupted/rooms",
      "  spark-mto corrupt shards/rooms --mixed --split train,val --out corrupted/rooms-mixed"
    })
final class CorruptCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions spark;

  @Mixin private ExecutorDeadline deadline;

  @Parameters(paramLabel = "DATA-SET", description = "Directory of the finished data set.")
  private String dataset;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private String out;

  @Option(
      names = "--corruption",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "NAME[,NAME...]",
      defaultValue = CorruptionCondition.ALL,
      description = "Corruptions, or families: noise, blur, weather, digital. Default: all.")
  private List<String> corruptions;

  @Option(
      names = "--severity",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "N[,N...]",
      defaultValue = "1,2,3,4,5",
      description = "Severities, 1 to 5. Default: all.")
  private List<Integer> severities;

  @Option(
      names = "--split",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "NAME[,NAME...]",
      defaultValue = "test",
      description = "Splits of the data sets. Default: test.")
  private List<String> splits;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of noise, places and directions. Default: 0.")
  private long seed;

  @Option(
      names = "--mixed",
      description = "One data set, every sample under one of the conditions, drawn for it.")
  private boolean mixed;

  @Option(names = "--overwrite", description = "Replace finished data sets.")
  private boolean overwrite;

  @Override
  Work prepare() {
    CorruptionRequest request =
        new CorruptionRequest(
            dataset,
            out,
            CorruptionCondition.of(corruptions, severities),
            splits,
            seed,
            mixed,
            overwrite);
    return () -> {
      Corrupting.check(request, spark.hadoop());
      try (SparkSession session = spark.open("spark-mto corrupt " + dataset);
          ExecutorWatch watch = deadline.watch(session, spec.commandLine().getErr())) {
        Corrupting.run(session, request, this::print);
      }
    };
  }

  private void print(String directory, Duration took) {
    var console = spec.commandLine().getOut();
    if (took.isZero()) {
      console.printf("%s: there already%n", directory);
    } else {
      console.printf("%s: %.1f s%n", directory, took.toMillis() / 1e3);
    }
    console.flush();
  }
}
