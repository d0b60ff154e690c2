package com.example.mto;

import java.util.List;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.optimizer.ScheduleProvider;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;

/** A schedule of the learning rate. */
public final class ExampleSchedules implements ScheduleProvider {

  /** Climbs from nothing to the rate in a first part of the steps, and falls to nothing again. */
  record Triangle(double rate, long steps, double top) implements Schedule {
    @Override
    public double rate(long step, long epoch) {
      double done = Math.min(1, (step + 1.0) / (steps + 1.0));
      return rate * (done <= top ? done / top : (1 - done) / (1 - top));
    }
  }

  @Override
  public List<Entry<Schedule>> entries() {
    return List.of(
        Schedule.entry(
            "triangle",
            "climbs and falls along two lines",
            List.of(
                Option.required("steps", Option.whole(1, 1L << 53), "the step at which it ends"),
                Option.of("top", Option.fraction(), 0.3, "share of the steps in which it climbs")),
            options ->
                new Triangle(
                    options.number("rate"), options.whole("steps"), options.number("top"))));
  }
}
