package org.sparkmto.method;

import java.util.List;
import java.util.Set;

/**
 * A multi-task optimisation method: a pure function from what it sees of one step to one weight per
 * task. What it must see is its type, and from the type the exchange plans what moves between
 * machines: a {@link LossMethod} sees the losses, a {@link GramMethod} also the inner products of
 * the task gradients, an {@link ElementMethod} these gradients themselves. Whatever a method
 * remembers between steps is in its {@link MethodState}; an instance holds hyper-parameters only,
 * so it can be shared and called from any thread.
 */
public sealed interface Method
    permits LossMethod,
        GramMethod,
        LayerwiseMethod,
        BufferMethod,
        SampledMethod,
        ElementMethod,
        TaskwiseMethod,
        BilevelMethod {

  /** What the method remembers before the first step of a run with {@code tasks} tasks. */
  default MethodState initialState(int tasks) {
    return MethodState.empty();
  }

  /**
   * The names of the per-task state vectors that are learned from the gradients in {@link
   * TaskWeights#learning}, see {@link LearnedVectors}.
   */
  default Set<String> learned() {
    return Set.of();
  }

  /**
   * Whether a step's shared weights follow from the learned vectors as its update has left them.
   * Weights of heads are always of the vectors before it.
   */
  default boolean learnsFirst() {
    return false;
  }

  /**
   * The weight of each of {@code tasks} tasks that nothing distinguishes: 1 where the weights
   * replace a sum of losses, {@code 1 / tasks} where they replace a mean. A step on which the
   * method fails takes this weight for every task, so that its length does not jump.
   */
  default double equalWeight(int tasks) {
    return 1;
  }

  /**
   * How many gradients of every task the inner products in an {@link Observation} are of; 0 for a
   * method that sees none.
   */
  default int gradientsPerTask() {
    return 0;
  }

  /**
   * Checks the hyper-parameters that speak of tasks against the tasks of the run.
   *
   * @param names the tasks' names, in the order of their numbers
   * @throws IllegalArgumentException if one of them has another length or names another task
   */
  default void requireTasks(List<String> names) {}
}
