package org.sparkmto.optimizer;

import java.util.List;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * A rate that is multiplied by {@code factor} after every {@code every} epochs or steps: {@code
 * rate * factor^floor(progress / every)}.
 *
 * @param rate learning rate at the start, positive
 * @param every length of a stage, at least 1
 * @param unit what {@code every} counts
 * @param factor in (0, 1]; by default 0.1 as in PyTorch
 */
public record StepDecay(double rate, long every, Unit unit, double factor) implements Schedule {
  static final Entry<Schedule> ENTRY =
      WarmUp.entry(
          "step-decay",
          "is multiplied by a factor after every so many epochs or steps; give one of them",
          List.of(
              Option.of("factor", Option.positive(), 0.1, "at most 1"),
              Option.of("every-epochs", WarmUp.COUNT, 0, "length of a stage in epochs"),
              Option.of("every-steps", WarmUp.COUNT, 0, "length of a stage in steps")),
          StepDecay::of);

  /** What the stages of the decay are measured in. */
  public enum Unit {
    STEPS,
    EPOCHS
  }

  public StepDecay {
    Schedules.requireRate(rate);
    Ranges.require(every >= 1, "step-decay: a stage of %d %s is too short".formatted(every, unit));
    Ranges.require(
        factor > 0 && factor <= 1, "step-decay: factor %s is not in (0, 1]".formatted(factor));
  }

  private static StepDecay of(Options options) {
    double rate = options.number("rate");
    double factor = options.number("factor");
    long epochs = options.whole("every-epochs");
    long steps = options.whole("every-steps");
    Ranges.require(
        (epochs == 0) != (steps == 0),
        "step-decay: give either every-epochs or every-steps, at least 1");
    return epochs > 0
        ? new StepDecay(rate, epochs, Unit.EPOCHS, factor)
        : new StepDecay(rate, steps, Unit.STEPS, factor);
  }

  @Override
  public double rate(long step, long epoch) {
    long stages = (unit == Unit.STEPS ? step : epoch) / every;
    return rate * Math.pow(factor, (double) stages);
  }
}
