package org.sparkmto.optimizer;

import java.util.List;

/**
 * AdaGrad (Duchi, Hazan, Singer, JMLR 2011), as in PyTorch: with {@code d = g + weightDecay * p}
 * and the sum {@code v = initial + d_1^2 + ... + d_t^2} the step is {@code p -= rate / (1 + (t - 1)
 * * rateDecay) * d / (sqrt(v) + epsilon)}. The state holds the sum without {@code initial}.
 *
 * @param epsilon added to the root of the sum, above 0, by default 1e-10
 * @param rateDecay how fast the rate falls by itself, by default 0
 * @param initial what the sum starts with, by default 0
 * @param weightDecay factor of the L2 penalty's gradient, by default 0
 */
public record AdaGrad(double epsilon, double rateDecay, double initial, double weightDecay)
    implements Optimizer {
  private static final List<String> STATE = List.of("sum");

  public AdaGrad {
    Options.requireEpsilon("adagrad", epsilon);
    Options.requireNotNegative("adagrad", "rate-decay", rateDecay);
    Options.requireNotNegative("adagrad", "initial", initial);
    Options.requireNotNegative("adagrad", "weight-decay", weightDecay);
  }

  static AdaGrad of(Options options) {
    return new AdaGrad(
        options.number("epsilon", 1e-10),
        options.number("rate-decay", 0),
        options.number("initial", 0),
        options.number("weight-decay", 0));
  }

  @Override
  public List<String> state() {
    return STATE;
  }

  @Override
  public double coupledDecay() {
    return weightDecay;
  }

  @Override
  public AdaGrad withCoupledDecay(double factor) {
    return new AdaGrad(epsilon, rateDecay, initial, factor);
  }

  @Override
  public void update(
      float[] parameters,
      float[] gradient,
      float[][] state,
      int stateOffset,
      int length,
      long step,
      double rate) {
    Chunk.checkStep(step);
    Chunk.check(this, parameters, gradient, state, stateOffset, length);
    float eta = (float) rateOf(step, rate);
    float start = (float) initial;
    float eps = (float) epsilon;
    float decay = (float) weightDecay;
    Staged.update(
        parameters,
        gradient,
        state,
        stateOffset,
        length,
        (p, g, sums, size) -> {
          float[] sum = sums[0];
          for (int i = 0; i < size; i++) {
            float d = g[i] + decay * p[i];
            float v = sum[i] + d * d;
            sum[i] = v;
            p[i] -= eta * (d / ((float) Math.sqrt(v + start) + eps));
          }
        });
  }

  @Override
  public void update(
      double[] parameters,
      double[] gradient,
      double[][] state,
      int stateOffset,
      int length,
      long step,
      double rate) {
    Chunk.checkStep(step);
    Chunk.check(this, parameters, gradient, state, stateOffset, length);
    double eta = rateOf(step, rate);
    for (int i = 0; i < length; i++) {
      double d = gradient[i] + weightDecay * parameters[i];
      double v = state[0][stateOffset + i] + d * d;
      state[0][stateOffset + i] = v;
      parameters[i] -= eta * (d / (Math.sqrt(v + initial) + epsilon));
    }
  }

  private double rateOf(long step, double rate) {
    return rate / (1 + (step - 1) * rateDecay);
  }
}
