package org.sparkmto.experiment;

import org.sparkmto.optimizer.Optimizer;

/**
 * Where one path of the toy problem goes next. It may remember its past, so every path has its own.
 */
@FunctionalInterface
interface ToyRule {
  /**
   * The direction whose opposite the optimiser follows.
   *
   * @param at losses and gradients here
   * @param step updates made before
   */
  ToyPoint direction(ToyProblem.Step at, int step);

  /**
   * Makes one update: the optimiser's step against the direction.
   *
   * @param point where the path is; moved
   * @param here losses and gradients there
   * @param step updates made before
   * @param optimizer of the path
   * @param state the optimiser's, changed
   */
  default void update(
      double[] point,
      ToyProblem.Step here,
      int step,
      Optimizer optimizer,
      double[][] state,
      double rate) {
    ToyPoint direction = direction(here, step);
    double[] gradient = {direction.x1(), direction.x2()};
    optimizer.update(point, gradient, state, step + 1L, rate);
  }
}
