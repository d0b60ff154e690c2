package org.sparkmto.experiment;

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
}
