package org.sparkmto.experiment.golden;

/** What became of an entry. */
public enum Verdict {
  /** Ours and theirs agree within the tolerance. */
  OK,
  /** They differ, and ours has a smaller or equal objective or residual, computed here. */
  BETTER,
  /** Ours refuses to answer, and theirs is no answer either. */
  REFUSES,
  /** They differ. */
  FAIL,
  /** No check reads it. */
  UNKNOWN,
  /** It cannot be read as what its name says. */
  MALFORMED;

  /** Whether the file as a whole fails by it. */
  public boolean isFailure() {
    return this == FAIL || this == MALFORMED;
  }
}
