package org.sparkmto.method;

import java.util.Optional;

/** A method that needs no more than the losses of the tasks: one ordinary backward pass. */
public non-sealed interface LossMethod extends Method {

  /** The weights of the active tasks. */
  TaskWeights weigh(StepView tasks);

  /**
   * The weights of all tasks where they are the same in every step, so that whoever knows them does
   * not wait for the losses.
   */
  default Optional<Vector> constantWeights(int tasks) {
    return Optional.empty();
  }

  /** What to remember after the update, see {@link SecondLook}. */
  default MethodState lookAgain(StepView tasks, Vector losses) {
    return tasks.state();
  }

  /** Losses alone take no gradient by itself. */
  @Override
  default int rowsPerTask() {
    return 0;
  }

  @Override
  default <R> R accept(Visitor<R> visitor) {
    return visitor.losses(this);
  }
}
