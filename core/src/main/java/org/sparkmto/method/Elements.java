package org.sparkmto.method;

import java.util.List;
import java.util.Map;
import org.sparkmto.random.Draws;

/**
 * Some consecutive elements of the task gradients of the shared parameters, and of what an {@link
 * ElementMethod} remembers for each element. Rows are tasks, all of the run; a task that has no
 * label in the batch has a row of zeros.
 *
 * <p>Arrays are borrowed: gradients are read only, state may be written.
 */
public final class Elements {
  private final List<double[]> gradients;
  private final Map<String, List<double[]>> state;
  private final long offset;
  private final Draws draws;

  /**
   * A piece of the gradients.
   *
   * @param gradients one array per task, of equal lengths
   * @param state by name, one array per task, as long as the gradients
   * @param offset the index of the first element among the shared parameters
   * @param draws the method's random numbers of this step
   */
  public Elements(
      List<double[]> gradients, Map<String, List<double[]>> state, long offset, Draws draws) {
    this.gradients = gradients;
    this.state = state;
    this.offset = offset;
    this.draws = draws;
  }

  /** The number of tasks. */
  public int tasks() {
    return gradients.size();
  }

  /** The number of elements. */
  public int length() {
    return gradients.get(0).length;
  }

  /** The gradient of a task, in the elements' order. */
  public double[] gradient(int task) {
    return gradients.get(task);
  }

  /** What is remembered under a name for a task. */
  public double[] state(String name, int task) {
    return state.get(name).get(task);
  }

  /** A number in [0, 1) that belongs to an element, whoever owns it: the same for all tasks. */
  public double uniform(int element) {
    return draws.uniform(offset + element);
  }
}
