package org.sparkmto.method;

import java.util.List;
import java.util.Optional;

/**
 * UPGrad: the mean (or a weighted sum) of the task gradients, each projected on the directions that
 * conflict with no task (Quinton and Rey, "Jacobian Descent for Multi-Objective Optimization",
 * 2024).
 *
 * @param cone the directions without conflict
 * @param weights of the sum, one per task of the run; 1/K if absent
 */
record UpGrad(DualCone cone, Optional<Vector> weights) implements GramMethod {
  static final MethodEntry ENTRY =
      DualCone.options(
              MethodEntry.ofGram(
                  "upgrad",
                  "UPGrad",
                  "Quinton and Rey, 2024 (arXiv:2406.16232)",
                  Level.PARAMETERS,
                  Level.REPRESENTATION))
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.NON_CONFLICTING,
              MethodProperty.NON_NEGATIVE)
          .madeBy(
              options -> new UpGrad(DualCone.of(options), PerTask.optional(options, "weights")));

  @Override
  public void requireTasks(List<String> names) {
    PerTask.requireSize("weights", weights, names.size());
  }

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public boolean weighsSingleTask() {
    return true;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    int count = tasks.count();
    Vector u = weights.map(tasks::select).orElse(Vector.filled(count, 1.0 / count));
    DualCone.Projection projection = cone.of(tasks);
    Vector sum = Vector.zeros(count);
    for (int k = 0; k < count; k++) {
      Vector alone = Vector.zeros(count).replaced(new int[] {k}, Vector.of(u.at(k)));
      sum = sum.plus(projection.of(alone));
    }
    return DualProj.answer(sum, projection.residual());
  }
}
