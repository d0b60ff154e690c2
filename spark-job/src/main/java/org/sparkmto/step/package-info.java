/**
 * A step of training.
 *
 * <p>One route for a gradient: {@code input} makes the batch, {@code network} turns it into losses
 * and gradients, {@code exchange} sums what the type of the method allows, {@link
 * org.sparkmto.step.Aggregator} on the driver weighs, {@code exchange} combines, {@code optimizer}
 * updates. {@link org.sparkmto.step.GradientRoute} is that route; nothing here knows of runs,
 * checkpoints or Spark.
 */
package org.sparkmto.step;
