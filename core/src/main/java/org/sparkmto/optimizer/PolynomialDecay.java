package org.sparkmto.optimizer;

/**
 * A rate that falls to {@code end} along a power of the progress: {@code end + (rate - end) * (1 -
 * step / steps)^power}; {@code end} from there on. The "poly" policy of semantic segmentation (Chen
 * et al., "DeepLab", TPAMI 2018) has power 0.9 and end 0.
 *
 * @param rate learning rate at the start, positive
 * @param steps the step at which the rate is {@code end}, at least 1
 * @param power above 0, by default 0.9; 1 falls linearly
 * @param end in [0, rate], by default 0
 */
public record PolynomialDecay(double rate, long steps, double power, double end)
    implements Schedule {
  public PolynomialDecay {
    Schedules.requireDecay("polynomial", rate, steps, end);
    Options.require(
        power > 0 && Double.isFinite(power),
        "polynomial: power %s is not positive".formatted(power));
  }

  static PolynomialDecay of(Options options) {
    return new PolynomialDecay(
        options.number("rate"),
        options.count("steps"),
        options.number("power", 0.9),
        options.number("end", 0));
  }

  @Override
  public double rate(long step, long epoch) {
    double left = 1 - (double) Math.min(step, steps) / steps;
    return end + (rate - end) * Math.pow(left, power);
  }
}
