package org.sparkmto.exchange;

/**
 * What the driver answers: the weight of every task.
 *
 * @param shared in the gradient of the shared parameters
 * @param heads in the gradient of the task's own head
 */
@SuppressWarnings("ArrayRecordComponent") // a message, written once and read once
public record StepAnswer(double[] shared, double[] heads) {}
