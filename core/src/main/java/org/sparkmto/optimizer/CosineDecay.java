package org.sparkmto.optimizer;

import java.util.List;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

/**
 * A rate that falls to {@code end} along half a cosine: {@code end + (rate - end) * (1 + cos(pi *
 * step / steps)) / 2}; {@code end} from there on (Loshchilov and Hutter, "SGDR", ICLR 2017, eq. 5,
 * without restarts).
 *
 * @param rate learning rate at the start, positive
 * @param steps the step at which the rate is {@code end}, at least 1
 * @param end in [0, rate], by default 0
 */
public record CosineDecay(double rate, long steps, double end) implements Schedule {
  static final Entry<Schedule> ENTRY =
      WarmUp.entry(
          "cosine",
          "falls along half a cosine",
          List.of(
              Option.required(
                  "steps",
                  WarmUp.STEPS,
                  "the step at which the rate is end, and from which it stays so"),
              Option.of("end", Option.notNegative(), 0, "the last rate, at most the first")),
          options ->
              new CosineDecay(
                  options.number("rate"), options.whole("steps"), options.number("end")));

  public CosineDecay {
    Schedules.requireDecay("cosine", rate, steps, end);
  }

  @Override
  public double rate(long step, long epoch) {
    double progress = (double) Math.min(step, steps) / steps;
    return end + (rate - end) * (1 + Math.cos(Math.PI * progress)) / 2;
  }
}
