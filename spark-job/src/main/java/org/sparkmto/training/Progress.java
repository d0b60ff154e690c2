package org.sparkmto.training;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Says on the console how far a run is and when it will be done, at most every two seconds. */
final class Progress {
  private static final long PAUSE_NANOS = Duration.ofSeconds(2).toNanos();

  private final PrintStream console;
  private final String run;
  private final long steps;
  private final LongSupplier nanos;
  private long begun;
  private boolean hasBegun;

  /** The pace is taken from this step on. */
  private long firstStep = -1;

  private long started;
  private long spoken;

  Progress(PrintStream console, String run, long steps) {
    this(console, run, steps, System::nanoTime);
  }

  /** With a clock of one's own, in nanoseconds. */
  Progress(PrintStream console, String run, long steps, LongSupplier nanos) {
    this.console = console;
    this.run = run;
    this.steps = steps;
    this.nanos = nanos;
    this.spoken = nanos.getAsLong() - PAUSE_NANOS;
  }

  /** A step is done. */
  void step(long step, long epoch, String losses) {
    long now = nanos.getAsLong();
    if (!hasBegun) {
      begun = now;
      hasBegun = true;
    }
    if (firstStep < 0 || step <= firstStep) {
      firstStep = step;
      started = now;
    }
    boolean last = step + 1 == steps;
    if (!last && now - spoken < PAUSE_NANOS) {
      return;
    }
    spoken = now;
    long made = step - firstStep;
    String pace = "";
    if (made > 0) {
      double seconds = (now - started) / 1e9 / made;
      pace =
          String.format(
              Locale.ROOT,
              "  %.1f ms/step  %s gone, %s left",
              1e3 * seconds,
              duration((now - begun) / 1e9),
              duration((steps - step - 1) * seconds));
    }
    console.printf(
        Locale.ROOT,
        "[%s] step %d/%d (%d%%)  epoch %d  %s%s%n",
        run,
        step + 1,
        steps,
        100 * (step + 1) / steps,
        epoch + 1,
        losses,
        pace);
  }

  /**
   * What was made so far says nothing of how long the rest takes: there are other ranks, or a
   * failure, after which steps are made again.
   */
  void paceAnew() {
    firstStep = -1;
  }

  /** Anything else that a person who watches wants to know. */
  void say(String line) {
    console.printf("[%s] %s%n", run, line);
  }

  /** Minutes and seconds, or hours and minutes. */
  static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole >= 3600
        ? String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60)
        : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
  }
}
