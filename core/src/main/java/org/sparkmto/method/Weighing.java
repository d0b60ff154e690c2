package org.sparkmto.method;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The outcome of {@link Weigher#weigh}, for all tasks of the run.
 *
 * @param shared weights of the task gradients in the gradient of the shared parameters, finite; for
 *     a {@link LayerwiseMethod} group after group, for a {@link SampledMethod} part after part, for
 *     a {@link BufferMethod} of the averages after the blend
 * @param heads weights of the task gradients of the heads, finite
 * @param blend for a {@link BufferMethod}, how its averages take up the gradients
 * @param state what the method remembers for the next step
 * @param gradients gradients of the learned state vectors (a name is one of {@link
 *     Method#learned}); 0 for tasks that are not active, whose value must not be moved
 * @param status per task, whether it was weighed and if not, why
 * @param residual how exactly the method's solver met its optimality conditions
 * @param failure why the active tasks got equal weights instead of the method's
 */
public record Weighing(
    Vector shared,
    Vector heads,
    Optional<Blend> blend,
    MethodState state,
    Map<String, Vector> gradients,
    List<TaskStatus> status,
    OptionalDouble residual,
    Optional<String> failure) {

  /** This weighing with something else to remember. */
  Weighing withState(MethodState next) {
    return new Weighing(shared, heads, blend, next, gradients, status, residual, failure);
  }

  /** The number of tasks of a status. */
  public int count(TaskStatus wanted) {
    return (int) status.stream().filter(wanted::equals).count();
  }
}
