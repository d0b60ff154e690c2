package org.sparkmto.method;

import org.sparkmto.elementwise.ElementVector;
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
   * A task's gradient with its share of the penalty; the gradient itself where there is none.
   *
   * @param point the parameters where it was taken
   * @param tasks how many tasks share the penalty
   */
  public <V extends ElementVector<V>> V penalised(V gradient, V point, int tasks) {
    return gradient.plus(penalty / tasks, point);
  }
}
