package org.sparkmto.method;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.options.Option;
import org.sparkmto.options.OptionKind;
import org.sparkmto.options.Options;

/**
 * How the vectors that a method learns are moved. They have a time scale of their own: at a
 * network's rate of 1e-4 they would be constants. So by default they move at a constant rate by
 * Adam, untouched by the schedule and by any weight decay. At the rate {@code schedule} they are
 * treated like the network's parameters: schedule, optimiser and weight decay of the run.
 *
 * @param rate the constant rate; empty: that of the schedule
 * @param optimizer the update rule; empty: the run's
 */
public record LearningRule(OptionalDouble rate, Optional<Optimizer> optimizer) {
  static final String RATE = "rate";
  static final String OPTIMIZER = "optimizer";

  /** The value of {@link #RATE} at which learned vectors move with the network. */
  static final String SCHEDULE = "schedule";

  /** The value of {@link #OPTIMIZER} that stands for the run's. */
  private static final String RUN = "run";

  /**
   * In the 5,300 steps of conf/nyuv2-ial.conf, from the initial values and on constant losses of
   * 0.5 to 2.5, uncertainties come within 5% of their optima after 770 steps at the latest; where
   * losses are log-normal with a deviation of 0.5 they stay within 3% around it. At 1e-3 this takes
   * 1,830 steps, at 1e-2 the deviation is 6%.
   */
  static final double USUAL = 2.5e-3;

  static final String RATE_MEANING =
      "learning rate of what the method learns: a number, which neither schedule nor weight decay"
          + " touches, or schedule: moved as the network's parameters are";
  static final String OPTIMIZER_MEANING =
      "update rule of what the method learns: run, or the name of an optimiser, with its defaults;"
          + " if absent, adam, or run where the rate is schedule";

  /** The rule by which learned vectors move with the network. */
  public static LearningRule ofSchedule() {
    return new LearningRule(OptionalDouble.empty(), Optional.empty());
  }

  /**
   * The rule of a method's options.
   *
   * @throws IllegalArgumentException if the rate is neither a number above zero nor {@code
   *     schedule}, or there is no such optimiser
   */
  static LearningRule of(Options options) {
    OptionalDouble rate = options.value(RATE, OptionalDouble.class);
    String name = options.has(OPTIMIZER) ? options.text(OPTIMIZER) : rate.isEmpty() ? RUN : "adam";
    Optional<Optimizer> rule =
        name.equals(RUN) ? Optional.empty() : Optional.of(Optimizers.byName(name, Map.of()));
    return new LearningRule(rate, rule);
  }

  /** What {@link #RATE} can be: a number above zero, or {@link #SCHEDULE}. */
  static OptionKind rateKind() {
    return Option.parsed(SCHEDULE + ", or a number above zero", LearningRule::rateOf);
  }

  private static OptionalDouble rateOf(String text) {
    if (text.equals(SCHEDULE)) {
      return OptionalDouble.empty();
    }
    double rate = Double.parseDouble(text);
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException(text);
    }
    return OptionalDouble.of(rate);
  }

  /** The update rule in a run with an optimiser; without weight decay unless it follows it all. */
  Optimizer rule(Optimizer ofRun) {
    Optimizer chosen = optimizer.orElse(ofRun);
    return rate.isEmpty() ? chosen : chosen.withoutDecay().withCoupledDecay(0);
  }

  /** The rate of a step in which the schedule has a rate. */
  double rate(double ofSchedule) {
    return rate.orElse(ofSchedule);
  }
}
