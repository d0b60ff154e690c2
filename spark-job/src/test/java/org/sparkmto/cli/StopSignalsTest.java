package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.sparkmto.training.RunStop;

/** What a signal to a real process does is tested with a run; here is which one does what. */
class StopSignalsTest {
  private final StringWriter err = new StringWriter();
  private final List<String> ends = new CopyOnWriteArrayList<>();

  private StopSignals signals(List<Optional<Duration>> answers) {
    Deque<Optional<Duration>> left = new ArrayDeque<>(answers);
    return new StopSignals(
        new PrintWriter(err, true),
        signal -> left.isEmpty() ? Optional.empty() : left.poll(),
        code -> ends.add("exit " + code),
        code -> ends.add("halt " + code));
  }

  @Test
  void theSecondCtrlCEndsARunAtOnceAndTheThirdEverything() {
    StopSignals signals = signals(List.of(Optional.of(Duration.ofHours(1))));
    signals.receive(RunStop.Signal.INT);
    assertThat(ends).isEmpty();
    assertThat(err.toString()).contains("once more ends it at once");
    signals.receive(RunStop.Signal.INT);
    assertThat(ends).containsExactly("exit 130");
    signals.receive(RunStop.Signal.INT);
    assertThat(ends).containsExactly("exit 130", "halt 130");
  }

  @Test
  void whereNoRunIsUnderWayTheFirstSignalEndsTheProcess() {
    signals(List.of()).receive(RunStop.Signal.TERM);
    assertThat(ends).containsExactly("exit 143");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aRunThatDoesNotEndWithinItsDeadlineIsEnded() throws InterruptedException {
    signals(List.of(Optional.of(Duration.ZERO))).receive(RunStop.Signal.HUP);
    for (int i = 0; ends.isEmpty() && i < 500; i++) {
      Thread.sleep(10);
    }
    assertThat(ends).containsExactly("exit 129");
  }
}
