package org.sparkmto.exchange;

/**
 * What the driver learns of a step: never more than the K losses and the K x K Gram matrix.
 *
 * @param step number of the step, from 0
 * @param epoch number of the epoch, from 0
 * @param losses mean losses over the labelled samples of the global batch; NaN for a task without
 *     any
 * @param gram Gram matrix of the gradients of those means, row-major; empty if the method does not
 *     see it
 */
@SuppressWarnings("ArrayRecordComponent") // a message, written once and read once
public record StepReport(long step, long epoch, double[] losses, double[] gram) {}
