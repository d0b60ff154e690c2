package org.sparkmto.optimizer;

import java.util.Map;
import java.util.Set;

/** The learning-rate schedules by the name a configuration gives them. */
public final class Schedules {
  private static final Registry<Schedule> KNOWN =
      new Registry<>("schedule", Map.of("constant", ConstantRate::of, "step-decay", StepDecay::of));

  private Schedules() {}

  /** All names, in alphabetical order. */
  public static Set<String> names() {
    return KNOWN.names();
  }

  /**
   * The schedule of this name: {@code constant} (rate) or {@code step-decay} (rate, factor, and
   * every-epochs or every-steps). The rate has no default.
   *
   * @param options numbers by name, for example from a configuration file
   * @throws IllegalArgumentException if the name or an option is unknown (the message names the
   *     nearest known one), the rate is missing, or a value is out of its range
   */
  public static Schedule byName(String name, Map<String, ?> options) {
    return KNOWN.create(name, options);
  }

  static void requireRate(double rate) {
    Options.require(
        rate > 0 && Double.isFinite(rate), "learning rate %s is not positive".formatted(rate));
  }
}
