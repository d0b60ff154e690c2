package org.sparkmto.optimizer;

import java.util.List;
import java.util.Optional;
import org.sparkmto.elementwise.ElementVector;
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
  public <V extends ElementVector<V>> Optional<V> effectiveRates(
      V parameters, List<V> state, long step, double rate) {
    return Optional.of(parameters.zeros().shift(rate));
  }

  @Override
  public <V extends ElementVector<V>> void move(
      V parameters, V gradient, List<V> state, long step, double rate) {
    V slope = gradient.plus(weightDecay, parameters);
    if (momentum == 0) {
      parameters.add(-rate, slope);
      return;
    }
    V buffer = state.get(0).scale(momentum).add(1, slope);
    parameters.add(-rate, nesterov ? slope.plus(momentum, buffer) : buffer);
  }
}
