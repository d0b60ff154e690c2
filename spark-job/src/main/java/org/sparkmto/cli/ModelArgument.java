package org.sparkmto.cli;

import picocli.CommandLine.Parameters;

/** The model that a command uses. */
final class ModelArgument {
  @Parameters(
      paramLabel = "RUN",
      description = {
        "Directory of a finished run, or of its model alone; that of retrainings (see retrain)",
        "for the model that is promoted there."
      })
  private String run;

  /** Its directory, as it was given. */
  String directory() {
    return run;
  }
}
