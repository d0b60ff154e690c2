package org.sparkmto.method;

import java.util.List;

/**
 * A method that learns its weights from what a trial step with them does to the losses of other
 * samples. The even positions of the global batch are trained on, the odd ones held out. A trial
 * step is {@code theta' = theta - rate * sum_k w_k dL_k}, for shared parameters and heads; with
 * {@code d} the gradient of a target on the held-out samples at {@code theta'}, the derivative of
 * that target by {@code w_k} is {@code -rate * dL_k . d}, exactly: K inner products and one more
 * backward pass for one target, K backward passes for several. Where heads are not weighed ({@link
 * HeadWeights#ONES}, or not {@link #weighsHeads}), the products are of the shared parameters alone.
 */
public non-sealed interface BilevelMethod extends Method {

  /** Trained on, and held out. */
  @Override
  default int parts() {
    return 2;
  }

  @Override
  default SecondQuestion secondQuestion() {
    return SecondQuestion.AFTER_TRIAL;
  }

  @Override
  default <R> R accept(Visitor<R> visitor) {
    return visitor.bilevel(this);
  }

  /**
   * Whether the weights of a step are also those of the heads' gradients, unless heads are ones.
   */
  default boolean weighsHeads() {
    return true;
  }

  /** The weights of the trial step. */
  TaskWeights lookAhead(StepView tasks);

  /**
   * The weights of the losses in each target.
   *
   * @param names the names of the run's tasks
   * @return at least one vector, with one weight per task
   */
  List<Vector> targets(List<String> names);

  /**
   * The weights of the step.
   *
   * @param derivatives of every target by the weights of the trial step, for the active tasks
   */
  TaskWeights weigh(StepView tasks, List<Vector> derivatives);
}
