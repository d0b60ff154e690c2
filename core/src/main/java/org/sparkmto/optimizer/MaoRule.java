package org.sparkmto.optimizer;

import java.util.List;

/**
 * What one task contributes to a step of Multi-Adaptive Optimization (Hervella, Rouco, Novo,
 * Ortega, 2023, eq. 8 to 12): {@code p -= rate * c * m / sqrt(v + epsilon)} with the task's own
 * {@code m = beta1 * m + (1 - beta1) * g} and {@code v = beta2 * v + (1 - beta2) * g^2}. The small
 * constant stands inside the root, unlike {@link Adam}'s. Weight decay is decoupled and not part of
 * the rule, because a step takes it once and not once per task. Elements whose gradient was always
 * zero do not move, even where {@code epsilon} is 0.
 *
 * <p>Not in {@link Optimizers}: alone it optimises nothing; the method "mao" applies one per task.
 *
 * @param beta1 decay of the mean gradient, in [0, 1); 0 takes the gradient itself, as in eq. 9
 * @param beta2 decay of the mean square, in [0, 1)
 * @param epsilon added to the mean square, at least 0
 * @param correction of the bias that moments have because they start at zero
 */
public record MaoRule(double beta1, double beta2, double epsilon, Correction correction)
    implements UpdateRule {
  private static final List<String> STATE = List.of("first", "second");

  /** Corrections {@code c} of the bias at step t. */
  public enum Correction {
    /** Adam's, {@code sqrt(1 - beta2^t) / (1 - beta1^t)}, which the paper says it follows. */
    SQRT,
    /** As eq. 10 and 12 are printed, {@code (1 - beta2^t) / (1 - beta1^t)}. */
    LITERAL,
    /** 1, as in eq. 9. */
    NONE
  }

  public MaoRule {
    Ranges.requireFraction("mao", "beta1", beta1);
    Ranges.requireFraction("mao", "beta2", beta2);
    Ranges.requireNotNegative("mao", "epsilon", epsilon);
  }

  @Override
  public List<String> state() {
    return STATE;
  }

  @Override
  public Loop<float[]> floatLoop(long step, double rate) {
    float eta = (float) (rate * factor(step));
    float fresh1 = (float) (1 - beta1);
    float kept2 = (float) beta2;
    float fresh2 = (float) (1 - beta2);
    // Never 0/0; beside the square of any gradient that matters the smallest number vanishes.
    float eps = Math.max((float) epsilon, Float.MIN_NORMAL);
    return (p, gradient, moments, length) -> {
      float[] first = moments[0];
      float[] second = moments[1];
      for (int i = 0; i < length; i++) {
        float g = gradient[i];
        float m = first[i];
        m += fresh1 * (g - m);
        float v = kept2 * second[i] + fresh2 * g * g;
        first[i] = m;
        second[i] = v;
        p[i] -= eta * (m / (float) Math.sqrt(v + eps));
      }
    };
  }

  @Override
  public Loop<double[]> doubleLoop(long step, double rate) {
    double eta = rate * factor(step);
    double eps = Math.max(epsilon, Double.MIN_NORMAL);
    return (p, gradient, moments, length) -> {
      double[] first = moments[0];
      double[] second = moments[1];
      for (int i = 0; i < length; i++) {
        double g = gradient[i];
        double m = first[i];
        m += (1 - beta1) * (g - m);
        double v = beta2 * second[i] + (1 - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        p[i] -= eta * (m / Math.sqrt(v + eps));
      }
    };
  }

  private double factor(long step) {
    double bias1 = 1 - Math.pow(beta1, (double) step);
    double bias2 = 1 - Math.pow(beta2, (double) step);
    return switch (correction) {
      case SQRT -> Math.sqrt(bias2) / bias1;
      case LITERAL -> bias2 / bias1;
      case NONE -> 1;
    };
  }
}
