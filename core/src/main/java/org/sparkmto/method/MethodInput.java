package org.sparkmto.method;

/** What a method sees of a step, in words and in numbers that a rank sends per step. */
public enum MethodInput {
  /** The weights do not depend on this step's batch. */
  NOTHING("nothing of this step", 0, 0, 0),
  /** The losses of this step's batch. */
  LOSSES("the losses of all tasks", 1, 0, 0),
  /** The losses of this step's batch before and after the update. */
  LOSSES_TWICE("the losses of all tasks, before and after the update", 2, 0, 0),
  /** The Gram matrix at the shared representation. */
  REPRESENTATION_GRAM(
      "the inner products of the task gradients at the shared representation", 1, 1, 0),
  /** The Gram matrix of the gradients of the shared parameters. */
  PARAMETER_GRAM("the inner products of the task gradients of the shared parameters", 0, 0, 1),
  /** The Gram matrix of the gradients and of running averages of them. */
  AVERAGES("the inner products of running averages of the task gradients", 0, 0, 1),
  /** The Gram matrix of the gradients over three parts of the batch. */
  PARTS("the inner products of the task gradients over three parts of the batch", 0, 0, 3),
  /** The gradients themselves, where they lie. */
  ELEMENTS("the task gradients element by element", 1, 0, 1),
  /** The gradients on held-out samples after a trial step. */
  TRIAL("what a trial step does to the losses of held-out samples", 1, 0, 1),
  /** The gradient of every loss on held-out samples after a trial step. */
  TRIAL_OF_EACH("what a trial step does to each loss of held-out samples", 1, 0, 2),
  /** The gradients over two parts of the batch, and the losses of one after trial steps. */
  TRIAL_OF_LOSSES(
      "the inner products of the task gradients over two parts of the batch, and what trial steps"
          + " do to each loss of one",
      2,
      0,
      2);

  private final String words;
  private final int perTask;
  private final int perPair;
  private final int perTaskParameters;

  MethodInput(String words, int perTask, int perPair, int perTaskParameters) {
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
        + perPair * tasks * tasks
        + perTaskParameters * tasks * parameters
        + parameters;
  }

  /** Backward passes through the shared network per step. */
  public int backwardPasses(int tasks) {
    return Math.max(1, perTaskParameters * tasks) + (this == TRIAL ? 1 : 0);
  }

  static MethodInput of(Level level) {
    return level == Level.REPRESENTATION ? REPRESENTATION_GRAM : PARAMETER_GRAM;
  }
}
