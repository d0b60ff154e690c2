package org.sparkmto.cli;

import picocli.CommandLine.Option;

/** Of commands that need a directory of retrainings for themselves. */
final class LeaseOption {
  @Option(
      names = "--break-lease",
      description = {
        "Take the directory from another process that is gone for good, although this cannot",
        "be seen from here."
      })
  private boolean isBroken;

  /** Whether the lease of another process that may live is broken. */
  boolean isBroken() {
    return isBroken;
  }
}
