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
    implements UpdateRule {
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
  public boolean couplesDecay() {
    return weightDecay > 0;
  }

  @Override
  public FloatLoop floatLoop(long step, double rate) {
    float eta = (float) rateOf(step, rate);
    float start = (float) initial;
    float eps = (float) epsilon;
    float decay = (float) weightDecay;
    return (p, g, sums, length) -> {
      float[] sum = sums[0];
      for (int i = 0; i < length; i++) {
        float d = g[i] + decay * p[i];
        float v = sum[i] + d * d;
        sum[i] = v;
        p[i] -= eta * (d / ((float) Math.sqrt(v + start) + eps));
      }
    };
  }

  @Override
  public DoubleLoop doubleLoop(long step, double rate) {
    double eta = rateOf(step, rate);
    return (p, g, sums, length) -> {
      double[] sum = sums[0];
      for (int i = 0; i < length; i++) {
        double d = g[i] + weightDecay * p[i];
        double v = sum[i] + d * d;
        sum[i] = v;
        p[i] -= eta * (d / (Math.sqrt(v + initial) + epsilon));
      }
    };
  }

  private double rateOf(long step, double rate) {
    return rate / (1 + (step - 1) * rateDecay);
  }
}
