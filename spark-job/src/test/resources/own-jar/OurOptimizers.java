package com.example;

import java.util.List;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.OptimizerProvider;
import org.sparkmto.optimizer.UpdateRule;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

public final class OurOptimizers implements OptimizerProvider {

  record Slow(double factor) implements UpdateRule {
    @Override
    public List<String> state() {
      return List.of();
    }

    @Override
    public <V extends ElementVector<V>> void move(
        V parameters, V gradient, List<V> state, long step, double rate) {
      parameters.add(-rate * factor, gradient);
    }
  }

  @Override
  public List<Entry<Optimizer>> entries() {
    return List.of(
        Optimizer.entry(
            "slow-sgd",
            "gradient descent with a part of the rate",
            List.of(Option.of("factor", Option.positive(), 0.5, "which part")),
            options -> new Slow(options.number("factor"))));
  }
}
