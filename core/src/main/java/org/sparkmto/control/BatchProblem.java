package org.sparkmto.control;

import java.util.Arrays;
import org.sparkmto.method.LocalStep;
import org.sparkmto.method.Vector;

/**
 * The losses of all tasks on one batch as a function of shared parameters, and their gradients,
 * also those of the heads. What is asked twice of the same parameters is computed once.
 */
abstract class BatchProblem implements LocalStep.Problem {
  private final int tasks;
  private final int shared;
  private final int heads;
  private double[] at = {};
  private double[] losses;
  private double[][] gradients;
  private double[] headGradient;

  /**
   * A problem.
   *
   * @param shared how many shared parameters there are
   * @param heads how many parameters the heads have together
   */
  BatchProblem(int tasks, int shared, int heads) {
    this.tasks = tasks;
    this.shared = shared;
    this.heads = heads;
  }

  /**
   * The loss of a task.
   *
   * @param gradient to which the gradient by the shared parameters is added
   * @param ofHeads to which that by the heads' is added, in the place of the task's own
   */
  abstract double loss(int task, double[] parameters, double[] gradient, double[] ofHeads);

  private void computeAt(double[] parameters) {
    if (Arrays.equals(at, parameters)) {
      return;
    }
    at = parameters.clone();
    losses = new double[tasks];
    gradients = new double[tasks][shared];
    headGradient = new double[heads];
    for (int task = 0; task < tasks; task++) {
      losses[task] = loss(task, parameters, gradients[task], headGradient);
    }
  }

  @Override
  public final Vector losses(double[] parameters) {
    computeAt(parameters);
    return Vector.of(losses);
  }

  @Override
  public final double[][] gradients(double[] parameters) {
    computeAt(parameters);
    return gradients;
  }

  /** The gradients of the heads by their own losses, at the parameters that were asked last. */
  final double[] headGradient() {
    return headGradient;
  }
}
