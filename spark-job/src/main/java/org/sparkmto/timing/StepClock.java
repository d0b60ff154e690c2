package org.sparkmto.timing;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Measures where the time of a rank's steps goes: everything that is not said to be of another
 * phase is {@link StepPhase#OTHER}. To change the phase costs a look at the machine's clock. For
 * the thread that makes the steps alone.
 */
public final class StepClock {
  /** Nanoseconds of all ranks that this process has run. */
  private static final Map<StepPhase, LongAdder> PROCESS = adders();

  /** Nanoseconds of this rank, one number for each phase. */
  private final Map<StepPhase, long[]> own = new EnumMap<>(StepPhase.class);

  private StepPhase phase = StepPhase.OTHER;
  private long since;
  private long asked;
  private boolean runs;

  /** A clock that stands still. */
  public StepClock() {
    for (StepPhase each : StepPhase.values()) {
      own.put(each, new long[1]);
    }
  }

  private static Map<StepPhase, LongAdder> adders() {
    Map<StepPhase, LongAdder> adders = new EnumMap<>(StepPhase.class);
    for (StepPhase phase : StepPhase.values()) {
      adders.put(phase, new LongAdder());
    }
    return Collections.unmodifiableMap(adders);
  }

  /** Shows the seconds of this process as gauges that only grow. */
  public static void connect(MetricRegistry registry) {
    PROCESS.forEach(
        (phase, nanos) -> registry.registerGauge(phase.gauge(), () -> nanos.sum() / 1e9));
  }

  /** Computes something in a phase. */
  public <T> T during(StepPhase of, Supplier<T> work) {
    StepPhase before = turnTo(of);
    try {
      return work.get();
    } finally {
      turnTo(before);
    }
  }

  /** Does something in a phase. */
  public void spend(StepPhase on, Runnable work) {
    StepPhase before = turnTo(on);
    try {
      work.run();
    } finally {
      turnTo(before);
    }
  }

  /** Begins a phase; gives the one before, for whoever turns back to it. */
  public StepPhase turnTo(StepPhase next) {
    long now = System.nanoTime();
    StepPhase before = phase;
    if (runs) {
      own.get(before)[0] += now - since;
      PROCESS.get(before).add(now - since);
    }
    phase = next;
    since = now;
    return before;
  }

  /** Starts the clock, which stands still before. */
  public void start() {
    turnTo(phase);
    asked = since;
    runs = true;
  }

  /** Whether it runs and a while has passed since it was last asked and said yes. */
  public boolean passed(Duration time) {
    if (!runs || since - asked < time.toNanos()) {
      return false;
    }
    asked = since;
    return true;
  }

  /** Stops the clock; seconds of each phase while it ran. */
  public Map<StepPhase, Double> stop() {
    turnTo(phase);
    runs = false;
    return seconds();
  }

  /** Seconds of each phase up to the last change. */
  public Map<StepPhase, Double> seconds() {
    Map<StepPhase, Double> seconds = new EnumMap<>(StepPhase.class);
    own.forEach((each, nanos) -> seconds.put(each, nanos[0] / 1e9));
    return seconds;
  }
}
