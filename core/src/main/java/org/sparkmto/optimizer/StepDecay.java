package org.sparkmto.optimizer;

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

  /** What the stages of the decay are measured in. */
  public enum Unit {
    STEPS,
    EPOCHS
  }

  public StepDecay {
    Schedules.requireRate(rate);
    Options.require(every >= 1, "step-decay: a stage of %d %s is too short".formatted(every, unit));
    Options.require(
        factor > 0 && factor <= 1, "step-decay: factor %s is not in (0, 1]".formatted(factor));
  }

  static StepDecay of(Options options) {
    double rate = options.number("rate");
    double factor = options.number("factor", 0.1);
    long epochs = options.count("every-epochs", 0);
    long steps = options.count("every-steps", 0);
    Options.require(
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
