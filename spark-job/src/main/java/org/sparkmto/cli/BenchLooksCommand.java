package org.sparkmto.cli;

import com.typesafe.config.Config;
import java.io.PrintWriter;
import java.util.List;
import org.sparkmto.experiment.LookBenchmark;
import org.sparkmto.experiment.LookTable;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.trial.LookTrials;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares looks at the gradients. */
@Command(
    name = "looks",
    description = {
      "Measures what looks at less than all gradients cost and miss (section look of a"
          + " configuration), without Spark: a",
      "network is trained on a data set with equal weights, and at some steps every look sees the"
          + " same batches. For",
      "each it prints time, memory, traffic, and how far the combined gradients of seven methods"
          + " are from those of a",
      "look at everything."
    },
    sortOptions = false,
    footer = {
      "%nExample:",
      "  spark-mto bench looks --config conf/fashion-40.conf --at 0,250,499",
      "  spark-mto bench looks --config conf/rooms.conf --look 'directions=2' \\",
      "      --look 'parameters=[\"*layer4.*\"]'"
    })
final class BenchLooksCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private JsonFile json;
  @Mixin private ConfigurationOptions configuration;
  @Mixin private SparkSettings spark;

  @Option(
      names = "--at",
      paramLabel = "STEP",
      split = ",",
      defaultValue = "0,100,400",
      description = "Steps of the training at which looks are compared. Default: ${DEFAULT-VALUE}.")
  private List<Long> at;

  @Option(
      names = "--batches",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many batches every look sees there. Default: ${DEFAULT-VALUE}.")
  private int batches;

  @Option(
      names = "--look",
      paramLabel = "KEYS",
      description =
          "A look, as keys of section look. Repeatable. Default: a choice of directions, sketches"
              + " and samples.")
  private List<String> looks = LookBenchmark.LOOKS;

  @Option(
      names = "--every",
      paramLabel = "N",
      defaultValue = "10",
      description = "In every how many steps a held look is due. Default: ${DEFAULT-VALUE}.")
  private int every;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the rank. Default: all cores.")
  private Integer threads;

  @Override
  Work prepare() {
    json.check();
    for (int i = 1; i < at.size(); i++) {
      if (at.get(i) - at.get(i - 1) < every) {
        throw new ConfigurationException(
            "--at %s: steps must rise by at least --every %d".formatted(at, every));
      }
    }
    LookBenchmark.Settings settings =
        new LookBenchmark.Settings(
            at,
            batches,
            every,
            threads != null ? threads : Runtime.getRuntime().availableProcessors());
    Config run = configuration.ofRun(spec.commandLine().getErr()::println);
    LookTrials trials = LookTrials.of(run, looks, spark.hadoop());
    return () -> {
      PrintWriter out = spec.commandLine().getOut();
      LookTable table = LookBenchmark.run(trials, settings, spec.commandLine().getErr());
      out.print(table.toText());
      out.flush();
      json.write(table::toJson);
    };
  }
}
