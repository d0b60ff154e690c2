package org.sparkmto.training;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Says on the console how far a run is and when it will be done, at most every two seconds. */
final class Progress {
  private static final long PAUSE_NANOS = Duration.ofSeconds(2).toNanos();

  private final PrintStream console;
  private final String run;
  private final long steps;
  private long firstStep = -1;
  private long started;
  private long spoken;

  Progress(PrintStream console, String run, long steps) {
    this.console = console;
    this.run = run;
    this.steps = steps;
  }

  /** A step is done. */
  void step(long step, long epoch, String losses) {
    long now = System.nanoTime();
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
              duration(made * seconds),
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

  /** What was made so far says nothing of how long the rest takes. */
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
