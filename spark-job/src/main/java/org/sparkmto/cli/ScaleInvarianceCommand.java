package org.sparkmto.cli;

import java.io.PrintWriter;
import java.util.List;
import org.sparkmto.experiment.ScaleInvariance;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows which optimisers and methods see that a loss was multiplied. */
@Command(
    name = "scale-invariance",
    description =
        "Shows which optimisers and methods see that losses were multiplied.%n"
            + "Trains a small network of two tasks on synthetic images from the same weights, once"
            + " with their losses as they are and once multiplied by 10 and 0.1, and says of each"
            + " part of the network whether it moves as the papers say. Needs no data and no Spark;"
            + " the exit code is 1 if a statement does not hold.",
    sortOptions = false,
    footer = {"%nExample:", "  spark-mto scale-invariance --steps 20"})
final class ScaleInvarianceCommand extends SubCommand {
  @Spec private CommandSpec spec;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20",
      description = "Steps of each run, 2 or more. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Override
  Work prepare() {
    if (steps < 2) {
      throw new ConfigurationException("--steps " + steps + ": at least 2");
    }
    return () -> {
      List<ScaleInvariance.Finding> findings = new ScaleInvariance(steps).findings();
      PrintWriter console = spec.commandLine().getOut();
      console.print(ScaleInvariance.toMarkdown(findings, steps));
      console.flush();
      long broken = findings.stream().filter(finding -> !finding.holds()).count();
      if (broken > 0) {
        throw new IllegalStateException(
            broken + " of " + findings.size() + " statements do not hold");
      }
    };
  }
}
