package org.sparkmto.optimizer;

import java.util.List;
import java.util.Optional;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

/**
 * RMSProp (Tieleman and Hinton, 2012), as in PyTorch without centring: with {@code d = g +
 * weightDecay * p} and {@code v = decay * v + (1 - decay) * d^2} the step is {@code p -= rate * d /
 * (sqrt(v) + epsilon)}. With momentum the quotients are collected in a buffer, {@code b = momentum
 * * b + d / (sqrt(v) + epsilon)}, and {@code p -= rate * b}.
 *
 * @param decay of the mean square, in [0, 1), by default 0.99 (PyTorch calls it alpha)
 * @param epsilon added to the root of the mean square, above 0, by default 1e-8
 * @param momentum in [0, 1), by default 0; without momentum there is no buffer
 * @param weightDecay factor of the L2 penalty's gradient, by default 0
 */
public record RmsProp(double decay, double epsilon, double momentum, double weightDecay)
    implements UpdateRule {
  static final Entry<Optimizer> ENTRY =
      new Entry<>(
          Optimizers.KIND,
          "rmsprop",
          "RMSProp: steps by the gradient over the root of its mean square",
          List.of(
              Option.of("decay", Option.fraction(), 0.99, "of the mean square"),
              Option.of("epsilon", Option.positive(), 1e-8, "added to the root of the mean square"),
              Option.of(
                  "momentum",
                  Option.fraction(),
                  0,
                  "share of the last step that the next one keeps"),
              Option.of(
                  "weight-decay", Option.notNegative(), 0, "factor of an L2 penalty's gradient")),
          options ->
              new RmsProp(
                  options.number("decay"),
                  options.number("epsilon"),
                  options.number("momentum"),
                  options.number("weight-decay")));

  public RmsProp {
    Ranges.requireFraction("rmsprop", "decay", decay);
    Ranges.requireEpsilon("rmsprop", epsilon);
    Ranges.requireFraction("rmsprop", "momentum", momentum);
    Ranges.requireNotNegative("rmsprop", "weight-decay", weightDecay);
  }

  @Override
  public List<String> state() {
    return momentum == 0 ? List.of("square") : List.of("square", "momentum");
  }

  @Override
  public double coupledDecay() {
    return weightDecay;
  }

  @Override
  public RmsProp withCoupledDecay(double factor) {
    return new RmsProp(decay, epsilon, momentum, factor);
  }

  @Override
  public <V extends ElementVector<V>> Optional<V> effectiveRates(
      V parameters, List<V> state, long step, double rate) {
    V root = state.get(0).root(0).shift(epsilon);
    return Optional.of(parameters.zeros().shift(rate).divide(root));
  }

  @Override
  public <V extends ElementVector<V>> void move(
      V parameters, V gradient, List<V> state, long step, double rate) {
    V slope = gradient.plus(weightDecay, parameters);
    V square = state.get(0).scale(decay).addProduct(1 - decay, slope, slope);
    V root = square.root(0).shift(epsilon);
    if (momentum == 0) {
      parameters.addQuotient(-rate, slope, root);
    } else {
      parameters.add(-rate, state.get(1).scale(momentum).addQuotient(1, slope, root));
    }
  }
}
