package org.sparkmto.optimizer;

import java.util.List;
import java.util.Map;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Registry;

/**
 * The learning-rate schedules by the name a configuration gives them: the built-in ones, then those
 * of jars of a user's own, see {@link ScheduleProvider}.
 */
public final class Schedules {
  static final String KIND = "schedule";

  private static final Registry<Entry<Schedule>> KNOWN =
      Registry.open(
          KIND,
          List.of(ConstantRate.ENTRY, StepDecay.ENTRY, PolynomialDecay.ENTRY, CosineDecay.ENTRY),
          ScheduleProvider.class);

  private Schedules() {}

  /** All of them, with their options. */
  public static Registry<Entry<Schedule>> known() {
    return KNOWN;
  }

  /**
   * The schedule of this name. Neither the rate nor the steps of a decay have a default.
   *
   * @param options numbers by name, for example from a configuration file
   * @throws IllegalArgumentException if the name or an option is unknown (the message names the
   *     nearest known one), the rate is missing, or a value is out of its range
   */
  public static Schedule byName(String name, Map<String, ?> options) {
    return KNOWN.entry(name).make(options);
  }

  /** Checks the parts of a decay that ends at a given step. */
  static void requireDecay(String owner, double rate, long steps, double end) {
    requireRate(rate);
    Ranges.require(steps >= 1, "%s: %d steps are too few".formatted(owner, steps));
    Ranges.require(
        end >= 0 && end <= rate, "%s: end %s is not in [0, %s]".formatted(owner, end, rate));
  }

  static void requireRate(double rate) {
    Ranges.require(
        rate > 0 && Double.isFinite(rate), "learning rate %s is not positive".formatted(rate));
  }
}
