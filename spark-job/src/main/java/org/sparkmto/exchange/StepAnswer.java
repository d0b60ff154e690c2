package org.sparkmto.exchange;

/**
 * What the driver answers: the weights of the tasks. How many numbers each array holds follows from
 * the method.
 *
 * @param shared in the gradient of the shared parameters
 * @param heads in the gradient of the task's own head
 * @param blend how running averages take up the gradients: what every task's keeps, then what it
 *     takes; empty for methods without averages
 */
@SuppressWarnings("ArrayRecordComponent") // a message, written once and read once
public record StepAnswer(double[] shared, double[] heads, double[] blend) {

  /** The answer of a method without averages. */
  public StepAnswer(double[] shared, double[] heads) {
    this(shared, heads, new double[0]);
  }
}
