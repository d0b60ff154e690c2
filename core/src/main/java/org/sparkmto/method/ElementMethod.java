package org.sparkmto.method;

import java.util.List;
import org.sparkmto.elementwise.ElementVector;

/**
 * A method that acts on every element of the task gradients by itself. It runs where the gradients
 * lie, each rank on its slice, in pieces of any size and in the precision of the gradients: what it
 * answers for an element must not depend on the others. Only sums over all elements, one per task,
 * reach the driver.
 */
public non-sealed interface ElementMethod extends Method {

  /** Names of what is remembered for every task and element; zeros before the first step. */
  default List<String> elementState() {
    return List.of();
  }

  /**
   * Takes up a piece of the gradients into the element state and adds to each task's sum.
   *
   * @param sums one number per task of the run
   */
  default <V extends ElementVector<V>> void measure(Elements<V> piece, double[] sums) {}

  /**
   * The weights of the active tasks.
   *
   * @param sums what {@link #measure} has added up over all elements
   */
  default TaskWeights weigh(StepView tasks, Vector sums) {
    return TaskWeights.shared(Vector.filled(tasks.count(), equalWeight(tasks.count())));
  }

  /** The gradients, and what is remembered of every element. */
  @Override
  default int rowsPerTask() {
    return 1 + elementState().size();
  }

  @Override
  default <R> R accept(Visitor<R> visitor) {
    return visitor.elements(this);
  }

  /**
   * Combines a piece of the gradients to the update's gradient: their weighted sum unless the
   * method does something else.
   *
   * @param weights what {@link #weigh} answered, for all tasks of the run
   * @param into zeros; receives the combination
   */
  default <V extends ElementVector<V>> void combine(Elements<V> piece, Vector weights, V into) {
    for (int task = 0; task < piece.tasks(); task++) {
      if (weights.at(task) != 0) {
        into.add(weights.at(task), piece.gradient(task));
      }
    }
  }
}
