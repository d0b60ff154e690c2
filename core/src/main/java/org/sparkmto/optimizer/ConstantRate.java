package org.sparkmto.optimizer;

/**
 * The same rate at every step.
 *
 * @param rate the learning rate, positive
 */
public record ConstantRate(double rate) implements Schedule {
  public ConstantRate {
    Schedules.requireRate(rate);
  }

  static ConstantRate of(Options options) {
    return new ConstantRate(options.number("rate"));
  }

  @Override
  public double rate(long step, long epoch) {
    return rate;
  }
}
