package org.sparkmto.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class StepClockTest {
  private static final double PAUSE = 0.03;

  private static boolean pause() {
    long end = System.nanoTime() + (long) (PAUSE * 1e9);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return true;
  }

  @Test
  void everyMomentBelongsToOnePhaseAlsoWhereTheyAreNested() {
    StepClock clock = new StepClock();
    clock.during(StepPhase.DATA, StepClockTest::pause); // it does not run yet
    clock.start();
    long began = System.nanoTime();
    clock.during(StepPhase.EXCHANGE, () -> clock.during(StepPhase.DRIVER, StepClockTest::pause));
    pause();
    Map<StepPhase, Double> seconds = clock.stop();
    double total = (System.nanoTime() - began) / 1e9;
    assertThat(seconds.get(StepPhase.DATA)).isZero();
    assertThat(seconds.get(StepPhase.DRIVER)).isGreaterThanOrEqualTo(PAUSE);
    assertThat(seconds.get(StepPhase.OTHER)).isGreaterThanOrEqualTo(PAUSE);
    assertThat(seconds.values().stream().mapToDouble(Double::doubleValue).sum())
        .isBetween(2 * PAUSE, total + 1e-3);
    assertThat(seconds.get(StepPhase.EXCHANGE)).isLessThan(total - 2 * PAUSE + 1e-3);
  }

  @Test
  void aPhaseThatFailsIsOver() {
    StepClock clock = new StepClock();
    clock.start();
    assertThatThrownBy(
            () ->
                clock.during(
                    StepPhase.DATA,
                    () -> {
                      throw new IllegalStateException("no batch");
                    }))
        .hasMessage("no batch");
    pause();
    assertThat(clock.stop().get(StepPhase.OTHER)).isGreaterThanOrEqualTo(PAUSE);
  }

  @Test
  void aClockThatRunsSaysNowAndThenThatAWhileHasPassed() {
    StepClock clock = new StepClock();
    assertThat(clock.passed(Duration.ZERO)).as("it does not run yet").isFalse();
    clock.start();
    assertThat(clock.passed(Duration.ofMillis(10))).isFalse();
    clock.during(StepPhase.DATA, StepClockTest::pause);
    assertThat(clock.passed(Duration.ofMillis(10))).isTrue();
    assertThat(clock.passed(Duration.ofMillis(10))).as("asked again").isFalse();
    assertThat(clock.seconds().get(StepPhase.DATA)).isGreaterThanOrEqualTo(PAUSE);
  }
}
