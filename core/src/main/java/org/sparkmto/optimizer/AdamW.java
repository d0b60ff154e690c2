package org.sparkmto.optimizer;

import java.util.List;
import java.util.Optional;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

/**
 * AdamW (Loshchilov and Hutter, ICLR 2019, algorithm 2), as in PyTorch: {@code p -= rate *
 * weightDecay * p}, then the step of {@link Adam} on the gradient without a penalty.
 *
 * @param beta1 decay of the first moment, in [0, 1), by default 0.9
 * @param beta2 decay of the second moment, in [0, 1), by default 0.999
 * @param epsilon added to the root of the second moment, above 0, by default 1e-8
 * @param weightDecay share of a parameter that a step of rate 1 takes away, by default 0.01
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
    implements UpdateRule {
  static final Entry<Optimizer> ENTRY =
      new Entry<>(
          Optimizers.KIND,
          "adamw",
          "Adam with a weight decay that is decoupled from the gradient",
          List.of(
              Option.of("beta1", Option.fraction(), 0.9, "decay of the first moment"),
              Option.of("beta2", Option.fraction(), 0.999, "decay of the second moment"),
              Option.of(
                  "epsilon", Option.positive(), 1e-8, "added to the root of the second moment"),
              Option.of(
                  "weight-decay",
                  Option.notNegative(),
                  0.01,
                  "share of a parameter that a step of rate 1 takes away (decoupled)")),
          options ->
              new AdamW(
                  options.number("beta1"),
                  options.number("beta2"),
                  options.number("epsilon"),
                  options.number("weight-decay")));

  public AdamW {
    Ranges.requireFraction("adamw", "beta1", beta1);
    Ranges.requireFraction("adamw", "beta2", beta2);
    Ranges.requireEpsilon("adamw", epsilon);
    Ranges.requireNotNegative("adamw", "weight-decay", weightDecay);
  }

  @Override
  public List<String> state() {
    return withoutPenalty().state();
  }

  @Override
  public double decoupledDecay() {
    return weightDecay;
  }

  @Override
  public Optimizer withoutDecay() {
    return new AdamW(beta1, beta2, epsilon, 0);
  }

  private Adam withoutPenalty() {
    return new Adam(beta1, beta2, epsilon, 0);
  }

  @Override
  public <V extends ElementVector<V>> Optional<V> effectiveRates(
      V parameters, List<V> state, long step, double rate) {
    return withoutPenalty().effectiveRates(parameters, state, step, rate);
  }

  @Override
  public <V extends ElementVector<V>> void move(
      V parameters, V gradient, List<V> state, long step, double rate) {
    withoutPenalty().move(parameters, gradient, state, step, rate);
  }
}
