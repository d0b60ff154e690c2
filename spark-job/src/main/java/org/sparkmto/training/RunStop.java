package org.sparkmto.training;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.sparkmto.configuration.TrainingConfiguration;

/**
 * Whether a run is to end after the step that it makes, because its time is over or because the
 * process was asked to end. The driver looks at every step and tells the ranks with its answer, so
 * that all of them end after the same step.
 *
 * <p>Signals are of a process, so what asks with them asks all runs that are under way in it.
 */
public final class RunStop implements AutoCloseable {
  /** Why a run ends before its last step. */
  enum Cause {
    TIME,
    SIGNAL
  }

  private static final Set<RunStop> UNDER_WAY = ConcurrentHashMap.newKeySet();

  private final long end;
  private final Duration patience;
  private volatile Signal asked;

  private RunStop(long end, Duration patience) {
    this.end = end;
    this.patience = patience;
  }

  /** What the system ends processes with, and they may answer. */
  public enum Signal {
    /** The terminal was closed. */
    HUP(1, "SIGHUP"),
    /** Ctrl-C. */
    INT(2, "Ctrl-C (SIGINT)"),
    /** What schedulers send. */
    TERM(15, "SIGTERM");

    private final int number;
    private final String words;

    Signal(int number, String words) {
      this.number = number;
      this.words = words;
    }

    /** What people call it. */
    public String words() {
      return words;
    }

    /** What a process returns that this has ended. */
    public int exitCode() {
      return 128 + number;
    }
  }

  /** Watches a run that begins to make its steps, until this is closed. */
  static RunStop watching(TrainingConfiguration configuration) {
    double hours = configuration.training().hours();
    Duration patience = Duration.ofSeconds(configuration.cluster().deadlineSeconds());
    long now = System.nanoTime();
    // Of a limit above 292 years nothing can be told from none.
    long nanos = (long) Math.min(hours * 3600e9, Long.MAX_VALUE / 2.0);
    RunStop stop = new RunStop(hours == 0 ? now + Long.MAX_VALUE / 2 : now + nanos, patience);
    UNDER_WAY.add(stop);
    return stop;
  }

  /**
   * Asks all runs under way in this process to end after the step that they make.
   *
   * @return how long that may take at most; absent if none is under way, or all were asked before
   */
  public static Optional<Duration> ask(Signal signal) {
    Optional<Duration> longest = Optional.empty();
    for (RunStop run : UNDER_WAY) {
      if (run.asked == null) {
        run.asked = signal;
        longest =
            Optional.of(longest.filter(d -> d.compareTo(run.patience) > 0).orElse(run.patience));
      }
    }
    return longest;
  }

  /** Why the run is to end now, if it is. */
  Optional<Cause> due() {
    if (asked != null) {
      return Optional.of(Cause.SIGNAL);
    }
    return System.nanoTime() - end >= 0 ? Optional.of(Cause.TIME) : Optional.empty();
  }

  /** The signal that asked, if one did. */
  Optional<Signal> asked() {
    return Optional.ofNullable(asked);
  }

  @Override
  public void close() {
    UNDER_WAY.remove(this);
  }
}
