package org.sparkmto.optimizer;

import java.util.List;

/**
 * AdamW (Loshchilov and Hutter, ICLR 2019, algorithm 2), as in PyTorch: {@code p -= rate *
 * weightDecay * p}, then the step of {@link Adam} on the gradient without a penalty.
 *
 * @param beta1 decay of the first moment, in [0, 1), by default 0.9
 * @param beta2 decay of the second moment, in [0, 1), by default 0.999
 * @param epsilon added to the root of the second moment, above 0, by default 1e-8
 * @param weightDecay share of a parameter that a step of rate 1 takes away, by default 0.01
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
    implements UpdateRule {

  public AdamW {
    Options.requireFraction("adamw", "beta1", beta1);
    Options.requireFraction("adamw", "beta2", beta2);
    Options.requireEpsilon("adamw", epsilon);
    Options.requireNotNegative("adamw", "weight-decay", weightDecay);
  }

  static AdamW of(Options options) {
    return new AdamW(
        options.number("beta1", 0.9),
        options.number("beta2", 0.999),
        options.number("epsilon", 1e-8),
        options.number("weight-decay", 0.01));
  }

  @Override
  public List<String> state() {
    return withoutPenalty().state();
  }

  @Override
  public double decoupledDecay() {
    return weightDecay;
  }

  @Override
  public Optimizer withoutDecay() {
    return new AdamW(beta1, beta2, epsilon, 0);
  }

  private Adam withoutPenalty() {
    return new Adam(beta1, beta2, epsilon, 0);
  }

  @Override
  public FloatLoop floatLoop(long step, double rate) {
    return withoutPenalty().floatLoop(step, rate);
  }

  @Override
  public DoubleLoop doubleLoop(long step, double rate) {
    return withoutPenalty().doubleLoop(step, rate);
  }
}
