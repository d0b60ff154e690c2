package org.sparkmto.exchange;

import java.time.Duration;
import java.util.Locale;

/** The end of a wait, fixed when it begins, so that its steps cannot add up to more. */
final class Deadline {
  private final Duration whole;
  private final long end;

  private Deadline(Duration whole) {
    this.whole = whole;
    end = System.nanoTime() + whole.toNanos();
  }

  static Deadline in(Duration duration) {
    return new Deadline(duration);
  }

  boolean passed() {
    return System.nanoTime() - end >= 0;
  }

  /** What is left of it; never negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** How long the whole wait was to take, for people. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f s", whole.toMillis() / 1e3);
  }
}
