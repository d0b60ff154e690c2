package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person sees of how long a run takes, on a clock of the test's. */
class ConsoleListenerTest {
  private Duration now = Duration.ofHours(-1); // System.nanoTime() may be negative, too

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Progress progress =
      new Progress(
          new PrintStream(out, true, StandardCharsets.UTF_8), "run", 100, () -> now.toNanos());
  private final ConsoleListener listener = new ConsoleListener(progress, List.of("one"));

  private void steps(int from, int to, Duration each) {
    for (int step = from; step < to; step++) {
      now = now.plus(each);
      progress.step(step, 0, "loss");
    }
  }

  private List<String> said() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void theFirstStepIsSaidAndThenThePace() {
    steps(0, 21, Duration.ofSeconds(1));
    assertThat(said()).first().isEqualTo("[run] step 1/100 (1%)  epoch 1  loss");
    assertThat(said()).last().asString().endsWith("1000.0 ms/step  0:20 gone, 1:19 left");
  }

  /** Fifty steps of a second, half of them lost, a minute of waiting, and on at the same pace. */
  @Test
  void stepsThatAreMadeAgainAndTheWaitBeforeThemDoNotCountAsSlowSteps() {
    steps(0, 50, Duration.ofSeconds(1));
    listener.restarts(new RunListener.Restart(25, 1, 3, "a lost executor"));
    now = now.plusSeconds(60);
    steps(25, 50, Duration.ofSeconds(1));
    assertThat(said())
        .last()
        .asString()
        .startsWith("[run] step 50/100")
        // 49 s and 25 s of steps, the wait between them; and 50 steps of a second are left.
        .endsWith("1000.0 ms/step  2:14 gone, 0:50 left");
  }
}
