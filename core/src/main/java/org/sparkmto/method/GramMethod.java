package org.sparkmto.method;

/** A method that needs all inner products of the task gradients, see {@link Level}. */
public non-sealed interface GramMethod extends Method {

  /** The weights of the active tasks, of which there are at least two. */
  TaskWeights weigh(GradientSystem tasks);

  @Override
  default <R> R accept(Visitor<R> visitor) {
    return visitor.gram(this);
  }

  /**
   * Whether the method is asked also when one task alone is active. Otherwise that task gets weight
   * 1 and the state stays.
   */
  default boolean weighsSingleTask() {
    return false;
  }
}
