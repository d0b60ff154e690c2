package org.sparkmto.optimizer;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The learning-rate schedules by the name a configuration gives them. */
public final class Schedules {
  private static final Registry<Schedule> KNOWN =
      new Registry<>(
          "schedule",
          Map.of(
              "constant", warmedUp(ConstantRate::of),
              "step-decay", warmedUp(StepDecay::of),
              "polynomial", warmedUp(PolynomialDecay::of),
              "cosine", warmedUp(CosineDecay::of)));

  private Schedules() {}

  /** All names, in alphabetical order. */
  public static Set<String> names() {
    return KNOWN.names();
  }

  /**
   * The schedule of this name: {@code constant} (rate), {@code step-decay} (rate, factor, and
   * every-epochs or every-steps), {@code polynomial} (rate, steps, power, end) or {@code cosine}
   * (rate, steps, end). Every one also knows {@code warm-up-steps}, by default 0: see {@link
   * WarmUp}. Neither the rate nor the steps have a default.
   *
   * @param options numbers by name, for example from a configuration file
   * @throws IllegalArgumentException if the name or an option is unknown (the message names the
   *     nearest known one), the rate is missing, or a value is out of its range
   */
  public static Schedule byName(String name, Map<String, ?> options) {
    return KNOWN.create(name, options);
  }

  private static Function<Options, Schedule> warmedUp(
      Function<Options, ? extends Schedule> schedule) {
    return options -> {
      long steps = options.count("warm-up-steps", 0);
      Schedule warm = schedule.apply(options);
      return steps > 0 ? new WarmUp(warm, steps) : warm;
    };
  }

  /** Checks the parts of a decay that ends at a given step. */
  static void requireDecay(String owner, double rate, long steps, double end) {
    requireRate(rate);
    Options.require(steps >= 1, "%s: %d steps are too few".formatted(owner, steps));
    Options.require(
        end >= 0 && end <= rate, "%s: end %s is not in [0, %s]".formatted(owner, end, rate));
  }

  static void requireRate(double rate) {
    Options.require(
        rate > 0 && Double.isFinite(rate), "learning rate %s is not positive".formatted(rate));
  }
}
