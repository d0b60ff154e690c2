package org.sparkmto.training;

/** A run has ended because a signal asked it to; its message says where, and how to go on. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final RunStop.Signal signal;

  StoppedException(String message, RunStop.Signal signal) {
    super(message);
    this.signal = signal;
  }

  /** What the process returns. */
  public int exitCode() {
    return signal.exitCode();
  }
}
