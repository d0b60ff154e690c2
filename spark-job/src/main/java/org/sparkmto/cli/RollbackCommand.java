package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.Optional;
import org.sparkmto.retraining.RetrainingEvent;
import org.sparkmto.retraining.Rollback;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Promotes an earlier model again. Needs no Spark session, so it starts fast. */
@Command(
    name = "rollback",
    description = {
      "Promotes an earlier model of retrain again.",
      "By default the one that the promoted model took the place of. Its weights are compared",
      "with their digest first. The history keeps it, and the next retrain starts from there."
    },
    footer = {"%nExample:", "  spark-mto rollback retrainings --to 2026-11-27"})
final class RollbackCommand extends SubCommand {
  @Spec private CommandSpec spec;
  @Mixin private SparkSettings spark;
  @Mixin private LeaseOption lease;

  @Parameters(paramLabel = "DIR", description = "The directory of retrainings (retrain.directory).")
  private String directory;

  @Option(
      names = "--to",
      paramLabel = "RUN-ID",
      description = "A run whose model was promoted before; see spark-mto history.")
  private String to;

  @Override
  Work prepare() {
    return () -> {
      RetrainingEvent event =
          Rollback.run(directory, Optional.ofNullable(to), lease.isBroken(), spark.hadoop());
      PrintWriter out = spec.commandLine().getOut();
      out.println("the model of " + event.run() + " is promoted; " + event.reasons().get(0));
    };
  }
}
