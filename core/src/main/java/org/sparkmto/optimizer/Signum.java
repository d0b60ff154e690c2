package org.sparkmto.optimizer;

import java.util.List;
import org.sparkmto.elementwise.ElementVector;
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
  public <V extends ElementVector<V>> void move(
      V parameters, V gradient, List<V> state, long step, double rate) {
    V mean = momentum == 0 ? gradient : state.get(0).scale(momentum).add(1 - momentum, gradient);
    parameters.add(-rate, mean.signs());
  }
}
