package org.sparkmto.method;

import java.util.List;
import java.util.Map;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.random.Draws;

/**
 * Some consecutive elements of the task gradients of the shared parameters, and of what an {@link
 * ElementMethod} remembers for each element. Rows are tasks, all of the run; a task that has no
 * label in the batch has a row of zeros.
 *
 * <p>Vectors are borrowed: gradients are read only, state may be written.
 *
 * @param <V> the kind of vector, by where the elements lie
 */
public final class Elements<V extends ElementVector<V>> {
  private final List<V> gradients;
  private final Map<String, List<V>> state;
  private final long offset;
  private final Draws draws;

  /**
   * A piece of the gradients.
   *
   * @param gradients one vector per task, of equal lengths
   * @param state by name, one vector per task, as long as the gradients
   * @param offset the index of the first element among the shared parameters
   * @param draws the method's random numbers of this step
   */
  public Elements(List<V> gradients, Map<String, List<V>> state, long offset, Draws draws) {
    this.gradients = gradients;
    this.state = state;
    this.offset = offset;
    this.draws = draws;
  }

  /** The number of tasks. */
  public int tasks() {
    return gradients.size();
  }

  /** The gradient of a task, in the elements' order. */
  public V gradient(int task) {
    return gradients.get(task);
  }

  /** What is remembered under a name for a task. */
  public V state(String name, int task) {
    return state.get(name).get(task);
  }

  /**
   * Another vector: a number in [0, 1] that belongs to an element, whoever owns it, and is the same
   * for all tasks.
   */
  public V uniforms() {
    return gradients.get(0).uniforms(draws, offset);
  }
}
