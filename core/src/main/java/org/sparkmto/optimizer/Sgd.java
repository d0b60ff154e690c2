package org.sparkmto.optimizer;

import java.util.List;

/**
 * Stochastic gradient descent with momentum, as in PyTorch without dampening. With {@code d = g +
 * weightDecay * p} and the buffer {@code b = momentum * b + d}, the step is {@code p -= rate * b},
 * or {@code p -= rate * (d + momentum * b)} in Nesterov's form (Sutskever et al., ICML 2013).
 *
 * @param momentum in [0, 1), by default 0; without momentum there is no state
 * @param weightDecay factor of the L2 penalty's gradient, by default 0
 * @param nesterov whether to look ahead, by default false; needs momentum
 */
public record Sgd(double momentum, double weightDecay, boolean nesterov) implements Optimizer {

  public Sgd {
    Options.requireFraction("sgd", "momentum", momentum);
    Options.requireNotNegative("sgd", "weight-decay", weightDecay);
    Options.require(!nesterov || momentum > 0, "sgd: nesterov needs a momentum above 0");
  }

  static Sgd of(Options options) {
    return new Sgd(
        options.number("momentum", 0),
        options.number("weight-decay", 0),
        options.flag("nesterov", false));
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
    float eta = (float) rate;
    float decay = (float) weightDecay;
    float mu = (float) momentum;
    if (momentum == 0) {
      for (int i = 0; i < length; i++) {
        parameters[i] -= eta * (gradient[i] + decay * parameters[i]);
      }
      return;
    }
    float[] buffer = state[0];
    // Two loops, because a loop with the choice inside does not vectorise.
    if (nesterov) {
      for (int i = 0; i < length; i++) {
        float d = gradient[i] + decay * parameters[i];
        float b = mu * buffer[stateOffset + i] + d;
        buffer[stateOffset + i] = b;
        parameters[i] -= eta * (d + mu * b);
      }
    } else {
      for (int i = 0; i < length; i++) {
        float b = mu * buffer[stateOffset + i] + (gradient[i] + decay * parameters[i]);
        buffer[stateOffset + i] = b;
        parameters[i] -= eta * b;
      }
    }
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
    for (int i = 0; i < length; i++) {
      double d = gradient[i] + weightDecay * parameters[i];
      double move = d;
      if (momentum > 0) {
        double b = momentum * state[0][stateOffset + i] + d;
        state[0][stateOffset + i] = b;
        move = nesterov ? d + momentum * b : b;
      }
      parameters[i] -= rate * move;
    }
  }
}
