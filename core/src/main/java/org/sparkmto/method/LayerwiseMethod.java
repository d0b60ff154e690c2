package org.sparkmto.method;

import java.util.List;
import java.util.Optional;

/**
 * A method of inner products that weighs every group of parameters by itself, with a state of its
 * own for each: the update is still a sum of task gradients, but every group has its own weights.
 * Gradients are taken at the parameters.
 *
 * @param method what weighs a group; it must not learn anything
 * @param groups what a group is
 */
public record LayerwiseMethod(GramMethod method, Groups groups) implements Method {

  /** What parameters are weighed together. */
  public enum Groups {
    /** Weight and bias of one layer. */
    LAYER,
    /** Each tensor by itself. */
    TENSOR
  }

  /** Checks that nothing is learned, because what would be learned for a group has no place. */
  public LayerwiseMethod {
    if (!method.learned().isEmpty()) {
      throw new IllegalArgumentException(method + " learns and cannot weigh groups by themselves");
    }
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.layerwise(this);
  }

  @Override
  public Optional<Groups> groupedBy() {
    return Optional.of(groups);
  }

  @Override
  public double equalWeight(int tasks) {
    return method.equalWeight(tasks);
  }

  @Override
  public MethodState initialState(int tasks) {
    return method.initialState(tasks);
  }

  @Override
  public void requireTasks(List<String> names) {
    method.requireTasks(names);
  }
}
