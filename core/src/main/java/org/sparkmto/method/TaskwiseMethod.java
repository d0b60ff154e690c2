package org.sparkmto.method;

import java.util.Optional;
import org.sparkmto.optimizer.Optimizer;

/**
 * A method that gives every task an optimiser of its own for the shared parameters; its update is
 * the sum of theirs. The optimisers' states lie where the gradients do, each rank holding its
 * slice. What becomes of a weight decay, {@link TaskwiseRule} says. Heads have one task each and so
 * one optimiser in any case. In a step without a label of a task its optimiser of the shared
 * parameters waits, and counts its own updates; heads step on with a gradient of zero, as under
 * every method.
 */
public non-sealed interface TaskwiseMethod extends Method {

  /**
   * The rule that every task's optimiser follows. A decoupled weight decay acts once per step, not
   * once per task.
   *
   * @param ofRun the run's optimiser
   * @throws IllegalArgumentException if the method cannot be made from it
   */
  Optimizer rule(Optimizer ofRun);

  @Override
  default Optional<Optimizer> optimizerPerTask(Optimizer ofRun) {
    return Optional.of(rule(ofRun));
  }

  /** The gradients; an optimiser per task keeps two vectors in most cases. */
  @Override
  default int rowsPerTask() {
    return 3;
  }

  @Override
  default <R> R accept(Visitor<R> visitor) {
    return visitor.taskwise(this);
  }

  /**
   * Whether tasks take turns: each takes its gradient where the one before it has left the
   * parameters, which costs a forward pass per task. Otherwise all gradients are of one point.
   */
  default boolean alternates() {
    return false;
  }
}
