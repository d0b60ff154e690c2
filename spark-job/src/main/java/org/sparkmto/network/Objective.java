package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * What one task is trained towards.
 *
 * @param loss compares outputs with what is true
 * @param multiplier what it is multiplied by before anybody sees it
 */
record Objective(TaskLoss loss, double multiplier) {

  /**
   * The objectives of a plan's tasks, in their order.
   *
   * @throws IllegalArgumentException if a task has no loss that it could be trained with
   */
  static List<Objective> all(NetworkPlan plan) {
    return plan.tasks().stream()
        .map(
            task ->
                new Objective(
                    TaskLosses.of(task), plan.multipliers().getOrDefault(task.name(), 1.0)))
        .toList();
  }

  /** The sum over the labelled elements of a batch, as {@link TaskLoss#sum}, multiplied. */
  Tensor sum(Tensor outputs, Target target) {
    Tensor sum = loss.sum(outputs, target);
    return multiplier == 1 ? sum : sum.mul(new Scalar(multiplier));
  }
}
