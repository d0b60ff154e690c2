package org.sparkmto.optimizer;

import java.util.List;
import java.util.Optional;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

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
    implements UpdateRule {
  static final Entry<Optimizer> ENTRY =
      new Entry<>(
          Optimizers.KIND,
          "adam",
          "Adam: steps by the first and second moment of the gradient",
          List.of(
              Option.of("beta1", Option.fraction(), 0.9, "decay of the first moment"),
              Option.of("beta2", Option.fraction(), 0.999, "decay of the second moment"),
              Option.of(
                  "epsilon", Option.positive(), 1e-8, "added to the root of the second moment"),
              Option.of(
                  "weight-decay", Option.notNegative(), 0, "factor of an L2 penalty's gradient")),
          options ->
              new Adam(
                  options.number("beta1"),
                  options.number("beta2"),
                  options.number("epsilon"),
                  options.number("weight-decay")));

  private static final List<String> STATE = List.of("first", "second");

  public Adam {
    Ranges.requireFraction("adam", "beta1", beta1);
    Ranges.requireFraction("adam", "beta2", beta2);
    Ranges.requireEpsilon("adam", epsilon);
    Ranges.requireNotNegative("adam", "weight-decay", weightDecay);
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
  public <V extends ElementVector<V>> Optional<V> effectiveRates(
      V parameters, List<V> state, long step, double rate) {
    double unbias = 1 / Math.sqrt(1 - Math.pow(beta2, (double) step));
    V root = state.get(1).root(0).scale(unbias).shift(epsilon);
    return Optional.of(parameters.zeros().shift(rate).divide(root));
  }

  @Override
  public <V extends ElementVector<V>> void move(
      V parameters, V gradient, List<V> state, long step, double rate) {
    double unbiased = rate / (1 - Math.pow(beta1, (double) step));
    // A factor, because a second division per element would cost more.
    double unbias = 1 / Math.sqrt(1 - Math.pow(beta2, (double) step));
    V slope = gradient.plus(weightDecay, parameters);
    V first = state.get(0).scale(beta1).add(1 - beta1, slope);
    V second = state.get(1).scale(beta2).addProduct(1 - beta2, slope, slope);
    parameters.addQuotient(-unbiased, first, second.root(0).scale(unbias).shift(epsilon));
  }
}
