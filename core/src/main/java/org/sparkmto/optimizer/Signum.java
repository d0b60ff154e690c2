package org.sparkmto.optimizer;

import java.util.List;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

/**
 * Signum: signSGD with momentum (Bernstein et al., "signSGD", ICML 2018, algorithm 2). With {@code
 * m = momentum * m + (1 - momentum) * g} the step is {@code p -= rate * sign(m)}, where {@code
 * sign(0) = 0}, after a decoupled weight decay {@code p -= rate * weightDecay * p}.
 *
 * @param momentum in [0, 1), by default 0.9; without momentum (signSGD) there is no state
 * @param weightDecay share of a parameter that a step of rate 1 takes away, by default 0
 */
public record Signum(double momentum, double weightDecay) implements UpdateRule {
  static final Entry<Optimizer> ENTRY =
      new Entry<>(
          Optimizers.KIND,
          "signum",
          "the sign of the mean gradient: signSGD with momentum",
          List.of(
              Option.of("momentum", Option.fraction(), 0.9, "decay of the mean gradient"),
              Option.of(
                  "weight-decay",
                  Option.notNegative(),
                  0,
                  "share of a parameter that a step of rate 1 takes away (decoupled)")),
          options -> new Signum(options.number("momentum"), options.number("weight-decay")));

  /**
   * Twice this factor brings every float but 0 to at least 1 in size, so that clamping gives its
   * sign: {@link Math#signum(float)} does not vectorise.
   */
  private static final float HUGE = 0x1p75f;

  public Signum {
    Ranges.requireFraction("signum", "momentum", momentum);
    Ranges.requireNotNegative("signum", "weight-decay", weightDecay);
  }

  @Override
  public List<String> state() {
    return momentum == 0 ? List.of() : List.of("momentum");
  }

  @Override
  public double decoupledDecay() {
    return weightDecay;
  }

  @Override
  public Optimizer withoutDecay() {
    return new Signum(momentum, 0);
  }

  @Override
  public Loop<float[]> floatLoop(long step, double rate) {
    float eta = (float) rate;
    if (momentum == 0) {
      return (p, g, none, length) -> {
        for (int i = 0; i < length; i++) {
          p[i] -= eta * Math.max(-1, Math.min(1, g[i] * HUGE * HUGE));
        }
      };
    }
    float fresh = (float) (1 - momentum);
    return (p, g, buffers, length) -> {
      float[] buffer = buffers[0];
      for (int i = 0; i < length; i++) {
        float m = buffer[i];
        m += fresh * (g[i] - m);
        buffer[i] = m;
        p[i] -= eta * Math.max(-1, Math.min(1, m * HUGE * HUGE));
      }
    };
  }

  @Override
  public Loop<double[]> doubleLoop(long step, double rate) {
    return (p, g, buffers, length) -> {
      for (int i = 0; i < length; i++) {
        double m = g[i];
        if (momentum > 0) {
          m = momentum * buffers[0][i] + (1 - momentum) * m;
          buffers[0][i] = m;
        }
        p[i] -= rate * Math.signum(m);
      }
    };
  }
}
