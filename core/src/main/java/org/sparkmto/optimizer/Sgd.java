package org.sparkmto.optimizer;

import java.util.List;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

/**
 * Stochastic gradient descent with momentum, as in PyTorch without dampening. With {@code d = g +
 * weightDecay * p} and the buffer {@code b = momentum * b + d}, the step is {@code p -= rate * b},
 * or {@code p -= rate * (d + momentum * b)} in Nesterov's form (Sutskever et al., ICML 2013).
 *
 * @param momentum in [0, 1), by default 0; without momentum there is no state
 * @param weightDecay factor of the L2 penalty's gradient, by default 0
 * @param nesterov whether to look ahead, by default false; needs momentum
 */
public record Sgd(double momentum, double weightDecay, boolean nesterov) implements UpdateRule {
  static final Entry<Optimizer> ENTRY =
      new Entry<>(
          Optimizers.KIND,
          "sgd",
          "stochastic gradient descent, with momentum or Nesterov's form of it",
          List.of(
              Option.of(
                  "momentum",
                  Option.fraction(),
                  0,
                  "share of the last step that the next one keeps"),
              Option.of(
                  "nesterov", Option.flag(), false, "whether to look ahead; needs a momentum"),
              Option.of(
                  "weight-decay", Option.notNegative(), 0, "factor of an L2 penalty's gradient")),
          options ->
              new Sgd(
                  options.number("momentum"),
                  options.number("weight-decay"),
                  options.flag("nesterov")));

  public Sgd {
    Ranges.requireFraction("sgd", "momentum", momentum);
    Ranges.requireNotNegative("sgd", "weight-decay", weightDecay);
    Ranges.require(!nesterov || momentum > 0, "sgd: nesterov needs a momentum above 0");
  }

  @Override
  public List<String> state() {
    return momentum == 0 ? List.of() : List.of("momentum");
  }

  @Override
  public double coupledDecay() {
    return weightDecay;
  }

  @Override
  public Sgd withCoupledDecay(double factor) {
    return new Sgd(momentum, factor, nesterov);
  }

  @Override
  public Loop<float[]> floatLoop(long step, double rate) {
    float eta = (float) rate;
    float decay = (float) weightDecay;
    float mu = (float) momentum;
    if (momentum == 0) {
      return (p, g, none, length) -> {
        for (int i = 0; i < length; i++) {
          p[i] -= eta * (g[i] + decay * p[i]);
        }
      };
    }
    // Two loops, because a loop with the choice inside does not vectorise.
    if (nesterov) {
      return (p, g, buffers, length) -> {
        float[] buffer = buffers[0];
        for (int i = 0; i < length; i++) {
          float d = g[i] + decay * p[i];
          float b = mu * buffer[i] + d;
          buffer[i] = b;
          p[i] -= eta * (d + mu * b);
        }
      };
    }
    return (p, g, buffers, length) -> {
      float[] buffer = buffers[0];
      for (int i = 0; i < length; i++) {
        float b = mu * buffer[i] + (g[i] + decay * p[i]);
        buffer[i] = b;
        p[i] -= eta * b;
      }
    };
  }

  @Override
  public Loop<double[]> doubleLoop(long step, double rate) {
    return (p, g, buffers, length) -> {
      for (int i = 0; i < length; i++) {
        double d = g[i] + weightDecay * p[i];
        double move = d;
        if (momentum > 0) {
          double b = momentum * buffers[0][i] + d;
          buffers[0][i] = b;
          move = nesterov ? d + momentum * b : b;
        }
        p[i] -= rate * move;
      }
    };
  }
}
