package org.sparkmto.optimizer;

import java.util.List;

/**
 * Adam (Kingma and Ba, ICLR 2015, algorithm 1), as in PyTorch: the small constant stands outside
 * the root of the bias-corrected second moment, and weight decay is an L2 penalty, added to the
 * gradient before the moments. Parameters whose gradient was always zero do not move.
 *
 * @param beta1 decay of the first moment, in [0, 1), by default 0.9
 * @param beta2 decay of the second moment, in [0, 1), by default 0.999
 * @param epsilon added to the root of the second moment, above 0, by default 1e-8
 * @param weightDecay factor of the L2 penalty's gradient, by default 0
 */
public record Adam(double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {
  private static final List<String> STATE = List.of("first", "second");

  public Adam {
    Options.requireFraction("adam", "beta1", beta1);
    Options.requireFraction("adam", "beta2", beta2);
    Options.requireEpsilon("adam", epsilon);
    Options.requireNotNegative("adam", "weight-decay", weightDecay);
  }

  static Adam of(Options options) {
    return new Adam(
        options.number("beta1", 0.9),
        options.number("beta2", 0.999),
        options.number("epsilon", 1e-8),
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
  public Adam withCoupledDecay(double factor) {
    return new Adam(beta1, beta2, epsilon, factor);
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
    // Everything that no element changes is computed in double and rounded once.
    float eta = (float) (rate / (1 - Math.pow(beta1, (double) step)));
    // A factor, because a second division per element costs a sixth of the time.
    float unbias = (float) (1 / Math.sqrt(1 - Math.pow(beta2, (double) step)));
    float fresh1 = (float) (1 - beta1);
    float kept2 = (float) beta2;
    float fresh2 = (float) (1 - beta2);
    float eps = (float) epsilon;
    float decay = (float) weightDecay;
    Staged.update(
        parameters,
        gradient,
        state,
        stateOffset,
        length,
        (p, gradients, moments, size) -> {
          float[] first = moments[0];
          float[] second = moments[1];
          for (int i = 0; i < size; i++) {
            float g = gradients[i] + decay * p[i];
            float m = first[i];
            m += fresh1 * (g - m);
            float v = kept2 * second[i] + fresh2 * g * g;
            first[i] = m;
            second[i] = v;
            p[i] -= eta * (m / ((float) Math.sqrt(v) * unbias + eps));
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
    double eta = rate / (1 - Math.pow(beta1, (double) step));
    double root = Math.sqrt(1 - Math.pow(beta2, (double) step));
    for (int i = 0; i < length; i++) {
      double g = gradient[i] + weightDecay * parameters[i];
      double m = state[0][stateOffset + i];
      m += (1 - beta1) * (g - m);
      double v = beta2 * state[1][stateOffset + i] + (1 - beta2) * g * g;
      state[0][stateOffset + i] = m;
      state[1][stateOffset + i] = v;
      parameters[i] -= eta * (m / (Math.sqrt(v) / root + epsilon));
    }
  }
}
