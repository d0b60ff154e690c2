package org.sparkmto.method;

/** What a method sees of a step, in words and in numbers that a rank sends per step. */
public enum Sight {
  /** The weights do not depend on this step's batch. */
  NOTHING("nothing of this step", 0, false, false),
  /** The losses of this step's batch. */
  LOSSES("the losses of all tasks", 1, false, false),
  /** The Gram matrix at the shared representation. */
  REPRESENTATION_GRAM(
      "the inner products of the task gradients at the shared representation", 1, true, false),
  /** The Gram matrix of the gradients of the shared parameters. */
  PARAMETER_GRAM(
      "the inner products of the task gradients of the shared parameters", 0, false, true);

  private final String words;
  private final int perTask;
  private final boolean perPair;
  private final boolean perTaskParameters;

  Sight(String words, int perTask, boolean perPair, boolean perTaskParameters) {
    this.words = words;
    this.perTask = perTask;
    this.perPair = perPair;
    this.perTaskParameters = perTaskParameters;
  }

  /** What is seen, for people. */
  public String words() {
    return words;
  }

  /**
   * The numbers that one rank contributes to collectives per step: what the method sees, then one
   * gradient of all shared parameters. The K gradients behind an exact Gram matrix of the
   * parameters are counted as they are scattered among the ranks.
   */
  public long numbersPerStep(long tasks, long parameters) {
    return perTask * tasks
        + (perPair ? tasks * tasks : 0)
        + (perTaskParameters ? tasks * parameters : 0)
        + parameters;
  }

  /** Backward passes through the shared network per step. */
  public int backwardPasses(int tasks) {
    return perTaskParameters ? tasks : 1;
  }

  static Sight of(Level level) {
    return level == Level.REPRESENTATION ? REPRESENTATION_GRAM : PARAMETER_GRAM;
  }
}
