package org.sparkmto.method;

/**
 * How running averages of the task gradients take up those of a step: {@code y_k <- keep_k y_k +
 * take_k g_k}. Averages are zero before the first step.
 *
 * @param keep what is left of the average, per task
 * @param take what comes of the gradient, per task
 */
public record Blend(Vector keep, Vector take) {}
