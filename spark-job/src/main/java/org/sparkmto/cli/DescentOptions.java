package org.sparkmto.cli;

import org.sparkmto.experiment.NamedOptions;
import picocli.CommandLine.Option;

/** How a command that has no configuration descends. */
final class DescentOptions {
  @Option(
      names = "--optimizer",
      paramLabel = "NAME[:option=value,...]",
      defaultValue = "adam",
      description = "The optimiser with its options. Default: ${DEFAULT-VALUE}.")
  private String optimizer;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "0.001",
      description =
          "Learning rate. A method that weighs a sum, such as ew, takes steps K times as long "
              + "as one that weighs a mean of K tasks. Default: ${DEFAULT-VALUE}.")
  private double rate;

  /**
   * The optimiser.
   *
   * @throws IllegalArgumentException if it is not of the form
   */
  NamedOptions optimizer() {
    return NamedOptions.of(optimizer);
  }

  double rate() {
    return rate;
  }
}
