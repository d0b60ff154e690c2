package org.sparkmto.optimizer;

import java.util.List;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

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
  static final Entry<Schedule> ENTRY =
      WarmUp.entry(
          "polynomial",
          "falls as a power of what is left of the run: end + (rate - end) * (1 - step /"
              + " steps)^power",
          List.of(
              Option.required(
                  "steps",
                  WarmUp.STEPS,
                  "the step at which the rate is end, and from which it stays so"),
              Option.of("power", Option.positive(), 0.9, "1 falls linearly"),
              Option.of("end", Option.notNegative(), 0, "the last rate, at most the first")),
          options ->
              new PolynomialDecay(
                  options.number("rate"),
                  options.whole("steps"),
                  options.number("power"),
                  options.number("end")));

  public PolynomialDecay {
    Schedules.requireDecay("polynomial", rate, steps, end);
    Ranges.require(
        power > 0 && Double.isFinite(power),
        "polynomial: power %s is not positive".formatted(power));
  }

  @Override
  public double rate(long step, long epoch) {
    double left = 1 - (double) Math.min(step, steps) / steps;
    return end + (rate - end) * Math.pow(left, power);
  }
}
