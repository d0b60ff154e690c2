package org.sparkmto.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.apache.hadoop.service.launcher.IrqHandler;
import org.sparkmto.training.RunStop;

/**
 * What Ctrl-C, SIGTERM and SIGHUP do: a run that is under way ends after its step with a
 * checkpoint, a second signal ends the process as the first one does where no run is under way, and
 * a third one without any tidying up.
 */
final class StopSignals {
  private final PrintWriter err;
  private final Function<RunStop.Signal, Optional<Duration>> ask;
  private final IntConsumer exit;
  private final IntConsumer halt;
  private int received;

  /**
   * @param ask asks runs to end, see {@link RunStop#ask}
   * @param exit ends the process
   * @param halt ends it without tidying up
   */
  StopSignals(
      PrintWriter err,
      Function<RunStop.Signal, Optional<Duration>> ask,
      IntConsumer exit,
      IntConsumer halt) {
    this.err = err;
    this.ask = ask;
    this.exit = exit;
    this.halt = halt;
  }

  /** From now on signals are answered; where the JVM was started with -Xrs it is ended instead. */
  static void listen(PrintWriter err) {
    StopSignals signals =
        new StopSignals(err, RunStop::ask, System::exit, code -> Runtime.getRuntime().halt(code));
    for (RunStop.Signal signal : RunStop.Signal.values()) {
      try {
        new IrqHandler(signal.name(), data -> signals.receive(signal)).bind();
      } catch (IllegalArgumentException e) {
        err.println(
            "note: " + signal.words() + " ends runs without a checkpoint: " + e.getMessage());
      }
    }
  }

  /** Every signal comes on a thread of its own. */
  void receive(RunStop.Signal signal) {
    Optional<Duration> longest = ask.apply(signal);
    if (longest.isPresent()) {
      err.println(
          "%s: the run ends after this step with a checkpoint; once more ends it at once"
              .formatted(signal.words()));
      exitUnlessItEnds(longest.get(), signal);
    } else if (isFirstEnd()) {
      exit.accept(signal.exitCode());
    } else {
      halt.accept(signal.exitCode());
    }
  }

  private synchronized boolean isFirstEnd() {
    return received++ == 0;
  }

  private void exitUnlessItEnds(Duration longest, RunStop.Signal signal) {
    Thread watch =
        new Thread(
            () -> {
              try {
                Thread.sleep(longest.toMillis());
              } catch (InterruptedException e) {
                return;
              }
              err.println(
                  "the run has not ended within cluster.deadline-seconds = %d"
                      .formatted(longest.toSeconds()));
              exit.accept(signal.exitCode());
            },
            "stop-deadline");
    watch.setDaemon(true);
    watch.start();
  }
}
