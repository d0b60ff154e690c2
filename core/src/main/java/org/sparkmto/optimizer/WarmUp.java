package org.sparkmto.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.OptionKind;
import org.sparkmto.options.Options;

/**
 * Another schedule that starts gently (Goyal et al., "Accurate, large minibatch SGD", 2017, section
 * 2.2): its rate times {@code (step + 1) / steps} in the first {@code steps} steps, so that a
 * constant rate climbs linearly from {@code rate / steps} to {@code rate}. The other schedule keeps
 * counting from the start of the run, so a warm-up does not put off the end of a decay.
 *
 * @param warm the rates once warm
 * @param steps length of the warm-up, at least 1
 */
public record WarmUp(Schedule warm, long steps) implements Schedule {
  /** A number of steps or epochs that may be none. */
  static final OptionKind COUNT = Option.whole(0, 1L << 53);

  /** A number of steps of which there is at least one. */
  static final OptionKind STEPS = Option.whole(1, 1L << 53);

  public WarmUp {
    Ranges.require(steps >= 1, "a warm-up of %d steps is too short".formatted(steps));
  }

  @Override
  public double rate(long step, long epoch) {
    double rate = warm.rate(step, epoch);
    return step < steps ? rate * (step + 1) / steps : rate;
  }

  /** The entry of a schedule; every one has a rate, and can start gently. */
  static Entry<Schedule> entry(
      String name,
      String summary,
      List<Option> own,
      Function<Options, ? extends Schedule> schedule) {
    List<Option> options = new ArrayList<>();
    options.add(Option.required("rate", Option.positive(), "the learning rate, at its start"));
    options.addAll(own);
    options.add(
        Option.of(
            "warm-up-steps", COUNT, 0, "so many steps climb linearly from rate / warm-up-steps"));
    return new Entry<>(
        Schedules.KIND,
        name,
        summary,
        options,
        given -> {
          long steps = given.whole("warm-up-steps");
          Schedule warm = schedule.apply(given);
          return steps > 0 ? new WarmUp(warm, steps) : warm;
        });
  }
}
