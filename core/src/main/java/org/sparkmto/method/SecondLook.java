package org.sparkmto.method;

/**
 * What a {@link LossMethod} adds when it also wants to see what its weights have done: the losses
 * of the same batch after the update. Costs one more forward pass.
 */
public interface SecondLook extends LossMethod {

  /**
   * What to remember after the update.
   *
   * @param tasks the step before the update, with the state that its weights were made from
   * @param losses the losses of the same batch afterwards, finite
   */
  @Override
  MethodState lookAgain(StepView tasks, Vector losses);

  @Override
  default SecondQuestion secondQuestion() {
    return SecondQuestion.AFTER_UPDATE;
  }
}
