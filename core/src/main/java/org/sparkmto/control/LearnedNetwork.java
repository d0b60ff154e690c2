package org.sparkmto.control;

import java.util.List;
import org.sparkmto.method.LocalStep;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Vector;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.random.Draws;

/**
 * Parameters that several tasks share and those of their heads, moved together: a method weighs the
 * gradients of the shared ones and says what the heads' are multiplied by, an optimiser steps.
 */
final class LearnedNetwork {
  private final double[] shared;
  private final double[] heads;
  private final double[][] moments;
  private final Optimizer optimizer;
  private final LocalStep method;
  private final int tasks;
  private long steps;
  private int fallbacks;

  /**
   * A network before its first step.
   *
   * @param shared the parameters themselves, moved in place
   * @param heads likewise, cut into as many equal blocks of all tasks as networks are learned here,
   *     each cut into equal parts of the tasks
   */
  LearnedNetwork(
      MethodEntry.Made made,
      List<String> names,
      Optimizer optimizer,
      double[] shared,
      double[] heads,
      Draws draws) {
    this.shared = shared;
    this.heads = heads;
    this.optimizer = optimizer;
    tasks = names.size();
    moments = new double[optimizer.state().size()][heads.length];
    method = LocalStep.of(made, names).draws(draws).optimizer(optimizer).start();
  }

  double[] shared() {
    return shared;
  }

  double[] heads() {
    return heads;
  }

  /** Steps that took equal weights because the method failed. */
  int fallbacks() {
    return fallbacks;
  }

  /**
   * Makes a step.
   *
   * @param headSize how many parameters a head has in each block
   */
  void step(BatchProblem problem, int headSize, int epoch, double rate) {
    problem.losses(shared);
    double[] slopes = problem.headGradient().clone();
    method.step(shared, problem, epoch, rate);
    Vector weights = method.last().heads();
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] *= weights.at(i / headSize % tasks);
    }
    steps++;
    optimizer.update(heads, slopes, moments, steps, rate);
    fallbacks += method.last().failure().isPresent() ? 1 : 0;
  }
}
