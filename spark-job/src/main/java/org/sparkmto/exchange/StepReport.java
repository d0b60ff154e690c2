package org.sparkmto.exchange;

/**
 * What the driver learns of a step: losses, and what else the method sees of it.
 *
 * @param step number of the step, from 0
 * @param epoch number of the epoch, from 0
 * @param phase which of the step's questions this is, from 0; most methods ask once
 * @param losses mean losses over the labelled samples of the global batch; NaN for a task without
 *     any
 * @param gram Gram matrix of the gradients of those means, row-major, or the matrices of all groups
 *     of parameters one after the other; empty if the method does not see it
 * @param figures numbers for every task, one kind after the other; empty if the method sees none
 */
@SuppressWarnings("ArrayRecordComponent") // a message, written once and read once
public record StepReport(
    long step, long epoch, int phase, double[] losses, double[] gram, double[] figures) {

  /** The only question of a step, without figures. */
  public StepReport(long step, long epoch, double[] losses, double[] gram) {
    this(step, epoch, 0, losses, gram, new double[0]);
  }
}
