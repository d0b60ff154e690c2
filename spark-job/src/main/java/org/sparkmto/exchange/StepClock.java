package org.sparkmto.exchange;

import com.codahale.metrics.MetricRegistry;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Measures where the time of a rank's steps goes: everything that is not said to be another phase
 * is {@link StepPhase#COMPUTE}. For the thread that makes the steps alone.
 */
public final class StepClock {
  /** Nanoseconds of all ranks that this process has run. */
  private static final Map<StepPhase, LongAdder> PROCESS = adders();

  private final Map<StepPhase, LongAdder> own = adders();
  private StepPhase phase = StepPhase.COMPUTE;
  private long since;
  private boolean runs;

  private static Map<StepPhase, LongAdder> adders() {
    Map<StepPhase, LongAdder> adders = new EnumMap<>(StepPhase.class);
    for (StepPhase phase : StepPhase.values()) {
      adders.put(phase, new LongAdder());
    }
    return Collections.unmodifiableMap(adders);
  }

  /** Shows the seconds of this process as gauges that only grow. */
  static void connect(MetricRegistry registry) {
    PROCESS.forEach(
        (phase, nanos) -> registry.registerGauge(phase.gauge(), () -> nanos.sum() / 1e9));
  }

  /** Does something that belongs to a phase. */
  public <T> T during(StepPhase of, Supplier<T> work) {
    StepPhase before = turnTo(of);
    try {
      return work.get();
    } finally {
      turnTo(before);
    }
  }

  private StepPhase turnTo(StepPhase next) {
    long now = System.nanoTime();
    StepPhase before = phase;
    if (runs) {
      own.get(before).add(now - since);
      PROCESS.get(before).add(now - since);
    }
    phase = next;
    since = now;
    return before;
  }

  /** Starts the clock, which stands still before. */
  public void start() {
    turnTo(phase);
    runs = true;
  }

  /** Stops the clock; seconds of each phase while it ran. */
  public Map<StepPhase, Double> stop() {
    turnTo(phase);
    runs = false;
    Map<StepPhase, Double> seconds = new EnumMap<>(StepPhase.class);
    own.forEach((each, nanos) -> seconds.put(each, nanos.sum() / 1e9));
    return seconds;
  }
}
