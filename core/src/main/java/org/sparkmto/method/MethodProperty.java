package org.sparkmto.method;

/** What is true of a method for every input; the tests hold each method to what it declares. */
public enum MethodProperty {
  /** Renumbering the tasks renumbers the weights. */
  PERMUTATION_EQUIVARIANT("order-free", "does not depend on the order of the tasks"),
  /**
   * Multiplying the loss of any task by a positive number (and so its gradient) leaves the
   * direction of the shared update.
   */
  SCALE_INVARIANT("scale-free", "does not depend on the scale of the losses"),
  /** Where the method does not fail, no task gradient has a negative product with the update. */
  NON_CONFLICTING("non-conflicting", "never moves against a task, to first order"),
  /** All weights are at least 0. */
  NON_NEGATIVE("non-negative", "never uses a negative weight"),
  /**
   * The update is zero just where a sum of losses with chosen weights is stationary, and nowhere
   * points against that sum: the trade-off between the tasks is the user's, not the start's.
   */
  CHOSEN_TRADE_OFF("trade-off", "settles only where the weighted sum of losses does"),
  /** The weights depend on random numbers of (seed, step). */
  RANDOM("random", "draws random numbers");

  private final String brief;
  private final String words;

  MethodProperty(String brief, String words) {
    this.brief = brief;
    this.words = words;
  }

  /** The property in a word, for tables. */
  public String brief() {
    return brief;
  }

  /** The property, for people. */
  public String words() {
    return words;
  }
}
