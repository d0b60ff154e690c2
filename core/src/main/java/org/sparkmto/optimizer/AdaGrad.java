package org.sparkmto.optimizer;

import java.util.List;
import java.util.Optional;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

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
  static final Entry<Optimizer> ENTRY =
      new Entry<>(
          Optimizers.KIND,
          "adagrad",
          "AdaGrad: steps by the gradient over the root of the sum of its squares",
          List.of(
              Option.of("epsilon", Option.positive(), 1e-10, "added to the root of the sum"),
              Option.of("rate-decay", Option.notNegative(), 0, "how fast the rate falls by itself"),
              Option.of("initial", Option.notNegative(), 0, "what the sum starts with"),
              Option.of(
                  "weight-decay", Option.notNegative(), 0, "factor of an L2 penalty's gradient")),
          options ->
              new AdaGrad(
                  options.number("epsilon"),
                  options.number("rate-decay"),
                  options.number("initial"),
                  options.number("weight-decay")));

  private static final List<String> STATE = List.of("sum");

  public AdaGrad {
    Ranges.requireEpsilon("adagrad", epsilon);
    Ranges.requireNotNegative("adagrad", "rate-decay", rateDecay);
    Ranges.requireNotNegative("adagrad", "initial", initial);
    Ranges.requireNotNegative("adagrad", "weight-decay", weightDecay);
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
  public <V extends ElementVector<V>> Optional<V> effectiveRates(
      V parameters, List<V> state, long step, double rate) {
    V root = state.get(0).root(initial).shift(epsilon);
    return Optional.of(parameters.zeros().shift(rateOf(step, rate)).divide(root));
  }

  @Override
  public <V extends ElementVector<V>> void move(
      V parameters, V gradient, List<V> state, long step, double rate) {
    V slope = gradient.plus(weightDecay, parameters);
    V sum = state.get(0).addProduct(1, slope, slope);
    parameters.addQuotient(-rateOf(step, rate), slope, sum.root(initial).shift(epsilon));
  }

  private double rateOf(long step, double rate) {
    return rate / (1 + (step - 1) * rateDecay);
  }
}
