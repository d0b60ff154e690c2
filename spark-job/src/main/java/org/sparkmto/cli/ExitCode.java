package org.sparkmto.cli;

/** What the process tells its caller; a scheduler retries a 1, but never a 2. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_CONFIGURATION = 2;

  private ExitCode() {}
}
