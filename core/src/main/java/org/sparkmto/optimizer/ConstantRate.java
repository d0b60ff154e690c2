package org.sparkmto.optimizer;

import java.util.List;
import org.sparkmto.options.Entry;

/**
 * The same rate at every step.
 *
 * @param rate the learning rate, positive
 */
public record ConstantRate(double rate) implements Schedule {
  static final Entry<Schedule> ENTRY =
      WarmUp.entry(
          "constant",
          "the same rate at every step",
          List.of(),
          options -> new ConstantRate(options.number("rate")));

  public ConstantRate {
    Schedules.requireRate(rate);
  }

  @Override
  public double rate(long step, long epoch) {
    return rate;
  }
}
