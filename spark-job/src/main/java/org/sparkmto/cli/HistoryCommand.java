package org.sparkmto.cli;

import java.io.PrintWriter;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.retraining.HistoryTable;
import org.sparkmto.retraining.RetrainingDirectory;
import org.sparkmto.retraining.RetrainingEvent;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what retraining has decided. Needs no Spark session, so it starts fast. */
@Command(
    name = "history",
    description = {
      "Shows the models of retrain with data, metrics and decisions.",
      "The promoted one has a star. Delta_m is that against the model promoted before, in percent,",
      "lower is better."
    },
    footer = {"%nExample:", "  spark-mto history retrainings"})
final class HistoryCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkSettings spark;

  @Parameters(paramLabel = "DIR", description = "The directory of retrainings (retrain.directory).")
  private String name;

  @Option(names = "--json", description = "Print all decisions as JSON, with their reasons.")
  private boolean json;

  @Option(
      names = "--promoted",
      description = "Print the directory of the run whose model is promoted, and nothing else.")
  private boolean promoted;

  @Override
  Work prepare() {
    if (json && promoted) {
      throw new ConfigurationException("--json and --promoted exclude each other; leave one");
    }
    return () -> {
      RetrainingDirectory directory = RetrainingDirectory.existing(name, spark.hadoop());
      PrintWriter out = spec.commandLine().getOut();
      if (promoted) {
        RetrainingEvent event =
            directory
                .promotion()
                .orElseThrow(
                    () ->
                        new ConfigurationException(
                            directory.name() + ": nothing was promoted yet"));
        out.println(directory.run(event.run()).name());
        return;
      }
      HistoryTable table = new HistoryTable(directory);
      if (json) {
        out.print(table.toJson());
        out.flush();
      } else {
        table.lines().forEach(out::println);
      }
    };
  }
}
