package org.sparkmto.optimizer;

import java.util.List;
import java.util.Optional;
import org.sparkmto.elementwise.ElementVector;

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
  public <V extends ElementVector<V>> Optional<V> effectiveRates(
      V parameters, List<V> state, long step, double rate) {
    V root = state.get(1).root(Math.max(epsilon, Float.MIN_NORMAL));
    double unbiased = rate * factor(step) * (correction == Correction.NONE ? 1 : bias(beta1, step));
    return Optional.of(parameters.zeros().shift(unbiased).divide(root));
  }

  @Override
  public <V extends ElementVector<V>> void move(
      V parameters, V gradient, List<V> state, long step, double rate) {
    V first = state.get(0).scale(beta1).add(1 - beta1, gradient);
    V second = state.get(1).scale(beta2).addProduct(1 - beta2, gradient, gradient);
    // Never 0/0; beside the square of any gradient that matters the smallest number vanishes.
    V root = second.root(Math.max(epsilon, Float.MIN_NORMAL));
    parameters.addQuotient(-rate * factor(step), first, root);
  }

  private static double bias(double beta, long step) {
    return 1 - Math.pow(beta, (double) step);
  }

  private double factor(long step) {
    double bias1 = bias(beta1, step);
    double bias2 = bias(beta2, step);
    return switch (correction) {
      case SQRT -> Math.sqrt(bias2) / bias1;
      case LITERAL -> bias2 / bias1;
      case NONE -> 1;
    };
  }
}
