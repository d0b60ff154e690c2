package org.sparkmto.method;

import java.util.List;
import java.util.Optional;

/**
 * DualProj: the direction nearest to the mean gradient (or to a weighted sum of the gradients) that
 * conflicts with no task, the update of GEM (Lopez-Paz and Ranzato, NeurIPS 2017) as TorchJD names
 * it.
 *
 * @param cone the directions without conflict
 * @param weights of the sum, one per task of the run; 1/K if absent
 */
record DualProj(DualCone cone, Optional<Vector> weights) implements GramMethod {
  static final MethodEntry ENTRY =
      DualCone.options(
              MethodEntry.ofGram(
                  "dualproj",
                  "DualProj",
                  "Lopez-Paz and Ranzato, NeurIPS 2017",
                  Level.PARAMETERS,
                  Level.REPRESENTATION))
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.NON_CONFLICTING,
              MethodProperty.NON_NEGATIVE)
          .madeBy(
              options -> new DualProj(DualCone.of(options), PerTask.optional(options, "weights")));

  /** A projection that misses its optimality conditions by more is not used. */
  private static final double INEXACT = 1e-9;

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
    DualCone.Projection projection = cone.of(tasks);
    return answer(
        projection.of(weights.map(tasks::select).orElse(Vector.filled(count, 1.0 / count))),
        projection.residual());
  }

  static TaskWeights answer(Vector weights, double residual) {
    return residual <= INEXACT
        ? TaskWeights.shared(weights).withResidual(residual)
        : TaskWeights.failed("the nearest direction without conflict was not found")
            .withResidual(residual);
  }
}
