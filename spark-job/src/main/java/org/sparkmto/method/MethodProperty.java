package org.sparkmto.method;

/** What is true of a method for every input; the tests hold each method to what it declares. */
public enum MethodProperty {
  /** Renumbering the tasks renumbers the weights. */
  PERMUTATION_EQUIVARIANT("does not depend on the order of the tasks"),
  /**
   * Multiplying the loss of any task by a positive number (and so its gradient) leaves the
   * direction of the shared update.
   */
  SCALE_INVARIANT("does not depend on the scale of the losses"),
  /** Where the method does not fail, no task gradient has a negative product with the update. */
  NON_CONFLICTING("never moves against a task, to first order"),
  /** All weights are at least 0. */
  NON_NEGATIVE("never uses a negative weight"),
  /** The weights depend on random numbers of (seed, step). */
  RANDOM("draws random numbers");

  private final String words;

  MethodProperty(String words) {
    this.words = words;
  }

  /** The property, for people. */
  public String words() {
    return words;
  }
}
