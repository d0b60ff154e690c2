package org.sparkmto.method;

/**
 * A method that compares the losses with what some steps further down would make of them: with the
 * value function of a lower level, whose derivative needs no second derivatives. The even positions
 * of the global batch are that of the lower level, the odd ones that of the upper. From the
 * parameters of the step, {@link #innerSteps} steps {@code theta' = theta - rate * sum_k w_k dL_k}
 * on the first part, for shared parameters and heads, lead to where its losses are computed once
 * more; then the parameters come back. The method sees those losses, and the inner products of the
 * gradients of all tasks over both parts, of the shared parameters and of the heads; where heads
 * are not weighed ({@link HeadWeights#ONES}), those of the shared parameters alone.
 *
 * <p>Weights of the shared part are those of the gradients over the lower part and then of those
 * over the upper part; a head takes both parts in the same shares.
 */
public non-sealed interface ValueFunctionMethod extends Method {

  /** Of the lower level, and of the upper. */
  @Override
  default int parts() {
    return 2;
  }

  @Override
  default int rowsPerTask() {
    return 2;
  }

  @Override
  default SecondQuestion secondQuestion() {
    return SecondQuestion.AFTER_TRIAL;
  }

  @Override
  default <R> R accept(Visitor<R> visitor) {
    return visitor.valueFunction(this);
  }

  /** How many steps the lower level makes, at least 1. */
  int innerSteps();

  /** The rate of these steps. */
  double innerRate();

  /** The weights of the active tasks in the lower level. */
  Vector lowerLevel(StepView tasks);

  /**
   * The weights of the step.
   *
   * @param tasks gradients over the lower part, 0, and the upper one, 1
   * @param after the losses of the lower part after its steps; may be infinite or NaN
   * @return weights of the gradients over the lower part, then of those over the upper part; heads
   *     as {@link TaskWeights} has them, one weight a task
   */
  TaskWeights weigh(PartSystem tasks, Vector after);
}
