/**
 * The run: segments, steps, checkpoints, resume.
 *
 * <p>One route for a gradient: {@code input} makes the batch, {@code network} turns it into losses
 * and gradients, {@code exchange} sums what the type of the method allows, {@link
 * org.sparkmto.training.Aggregator} on the driver weighs, {@code exchange} combines, {@code
 * optimizer} updates. {@link org.sparkmto.training.GradientRoute} is that route.
 */
package org.sparkmto.training;
