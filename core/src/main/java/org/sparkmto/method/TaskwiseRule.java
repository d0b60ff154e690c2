package org.sparkmto.method;

import org.sparkmto.optimizer.Optimizer;

/**
 * A {@link TaskwiseMethod}'s rule taken apart: what every task does, and what a step does once. An
 * L2 penalty is split equally among the tasks that move the shared parameters in a step, each
 * taking its share at the point of its gradient, so that the tasks' gradients add up to one that
 * holds the penalty once. With one task that is the run's optimiser itself.
 *
 * @param step the update rule of every task, without any weight decay
 * @param penalty the factor of the L2 penalty of a whole step
 * @param decay the factor of the decoupled weight decay, which acts once per step
 */
public record TaskwiseRule(Optimizer step, double penalty, double decay) {

  /**
   * The rule of a method in a run with an optimiser.
   *
   * @throws IllegalArgumentException if the method cannot be made from it
   */
  public static TaskwiseRule of(TaskwiseMethod method, Optimizer ofRun) {
    Optimizer complete = method.rule(ofRun);
    return new TaskwiseRule(
        complete.withoutDecay().withCoupledDecay(0),
        complete.coupledDecay(),
        ofRun.decoupledDecay());
  }

  /** The rule of a head, which has one task and with it the whole penalty. */
  public Optimizer ofHead() {
    return step.withCoupledDecay(penalty);
  }

  /**
   * Adds a task's share of the penalty to its gradient.
   *
   * @param gradient its first {@code length} elements are changed
   * @param point the parameters where it was taken
   * @param tasks how many tasks share the penalty
   */
  public void penalise(float[] gradient, float[] point, int length, int tasks) {
    if (penalty == 0) {
      return;
    }
    float share = (float) (penalty / tasks);
    for (int i = 0; i < length; i++) {
      gradient[i] += share * point[i];
    }
  }

  /** The same in double precision. */
  public void penalise(double[] gradient, double[] point, int length, int tasks) {
    for (int i = 0; i < length; i++) {
      gradient[i] += penalty / tasks * point[i];
    }
  }
}
