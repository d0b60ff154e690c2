package org.sparkmto.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchedulesTest {

  @Test
  void aConstantRateStays() {
    Schedule schedule = Schedules.byName("constant", Map.of("rate", 0.05));
    assertThat(schedule.rate(0, 0)).isEqualTo(0.05);
    assertThat(schedule.rate(1_000_000, 99)).isEqualTo(0.05);
  }

  /** torch.optim.lr_scheduler.StepLR(step_size=30, gamma=0.1) from 0.05, its documented example. */
  @Test
  void stepDecayByEpochs() {
    Schedule schedule = Schedules.byName("step-decay", Map.of("rate", 0.05, "every-epochs", 30));
    assertThat(schedule.rate(7, 0)).isEqualTo(0.05);
    assertThat(schedule.rate(7, 29)).isEqualTo(0.05);
    assertThat(schedule.rate(7, 30)).isCloseTo(0.005, within(1e-17));
    assertThat(schedule.rate(7, 59)).isCloseTo(0.005, within(1e-17));
    assertThat(schedule.rate(7, 60)).isCloseTo(0.0005, within(1e-17));
  }

  @Test
  void stepDecayBySteps() {
    Schedule schedule =
        Schedules.byName("step-decay", Map.of("rate", 1, "every-steps", 100, "factor", 0.5));
    assertThat(schedule.rate(99, 50)).isEqualTo(1);
    assertThat(schedule.rate(100, 50)).isEqualTo(0.5);
    assertThat(schedule.rate(399, 0)).isEqualTo(0.125);
  }

  /** The ends, and the middle by hand: 0.5^0.9 and, from 1 to 0.2 with power 2, 0.2 + 0.8 / 4. */
  @Test
  void polynomialFallsToItsEnd() {
    Schedule poly = Schedules.byName("polynomial", Map.of("rate", 1, "steps", 100));
    assertThat(poly.rate(0, 0)).isEqualTo(1);
    assertThat(poly.rate(50, 7)).isCloseTo(0.535886731268146, within(1e-14));
    assertThat(poly.rate(100, 0)).isZero();
    assertThat(poly.rate(1000, 0)).isZero();
    Schedule square =
        Schedules.byName("polynomial", Map.of("rate", 1, "steps", 100, "power", 2, "end", 0.2));
    assertThat(square.rate(50, 0)).isCloseTo(0.4, within(1e-15));
    assertThat(square.rate(100, 0)).isEqualTo(0.2);
  }

  /** Half a cosine: (1 + cos 60 degrees) / 2 = 0.75 after a third of the way. */
  @Test
  void cosineFallsToItsEnd() {
    Schedule cosine = Schedules.byName("cosine", Map.of("rate", 0.4, "steps", 300));
    assertThat(cosine.rate(0, 0)).isEqualTo(0.4);
    assertThat(cosine.rate(100, 0)).isCloseTo(0.3, within(1e-15));
    assertThat(cosine.rate(150, 0)).isCloseTo(0.2, within(1e-15));
    assertThat(cosine.rate(300, 0)).isZero();
    assertThat(cosine.rate(301, 0)).isZero();
    Schedule floored = Schedules.byName("cosine", Map.of("rate", 0.4, "steps", 300, "end", 0.1));
    assertThat(floored.rate(150, 0)).isCloseTo(0.25, within(1e-15));
    assertThat(floored.rate(400, 0)).isEqualTo(0.1);
  }

  @Test
  void everyScheduleWarmsUp() {
    Schedule constant = Schedules.byName("constant", Map.of("rate", 0.8, "warm-up-steps", 4));
    assertThat(constant.rate(0, 0)).isCloseTo(0.2, within(1e-16));
    assertThat(constant.rate(1, 0)).isCloseTo(0.4, within(1e-16));
    assertThat(constant.rate(3, 0)).isEqualTo(0.8);
    assertThat(constant.rate(4, 0)).isEqualTo(0.8);
    Map<String, Map<String, Object>> options =
        Map.of(
            "constant", Map.of("rate", 0.3),
            "step-decay", Map.of("rate", 0.3, "every-steps", 2),
            "polynomial", Map.of("rate", 0.3, "steps", 9),
            "cosine", Map.of("rate", 0.3, "steps", 9));
    assertThat(options.keySet()).isEqualTo(Schedules.known().names());
    options.forEach(
        (name, given) -> {
          Schedule plain = Schedules.byName(name, given);
          Map<String, Object> more = new HashMap<>(given);
          more.put("warm-up-steps", 3);
          Schedule warm = Schedules.byName(name, more);
          assertThat(warm.rate(0, 0)).as(name).isCloseTo(0.1, within(1e-16));
          for (long step = 1; step < 12; step++) {
            assertThat(warm.rate(step, 0))
                .as(name)
                .isCloseTo(plain.rate(step, 0) * Math.min(1, (step + 1) / 3.0), within(1e-16));
          }
        });
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> Schedules.byName("cosine", Map.of("rate", 1)))
        .hasMessage("schedule 'cosine' needs the option 'steps'");
    assertThatThrownBy(() -> Schedules.byName("cosine", Map.of("rate", 1, "steps", 0)))
        .hasMessage("schedule 'cosine': option 'steps' must be 1 or more, not '0'");
    assertThatThrownBy(
            () -> Schedules.byName("polynomial", Map.of("rate", 1, "steps", 9, "end", 2)))
        .hasMessage("polynomial: end 2.0 is not in [0, 1.0]");
    assertThatThrownBy(
            () -> Schedules.byName("polynomial", Map.of("rate", 1, "steps", 9, "power", 0)))
        .hasMessage("schedule 'polynomial': option 'power' must be a number above zero, not '0'");
    assertThatThrownBy(() -> Schedules.byName("constant", Map.of("rate", 1, "warm-up-steps", -1)))
        .hasMessageContaining("option 'warm-up-steps' must be 0 or more, not '-1'");
    assertThatThrownBy(() -> Schedules.byName("constant", Map.of()))
        .hasMessage("schedule 'constant' needs the option 'rate'");
    assertThatThrownBy(() -> Schedules.byName("constant", Map.of("rate", 0)))
        .hasMessageContaining("option 'rate' must be a number above zero, not '0'");
    assertThatThrownBy(() -> Schedules.byName("constant", Map.of("rate", 1, "every-steps", 3)))
        .hasMessageContaining("schedule 'constant' has no option 'every-steps'");
    assertThatThrownBy(() -> Schedules.byName("stepdecay", Map.of()))
        .hasMessageContaining("did you mean 'step-decay'?");
    assertThatThrownBy(() -> Schedules.byName("step-decay", Map.of("rate", 1)))
        .hasMessageContaining("either every-epochs or every-steps");
    assertThatThrownBy(() -> Schedules.byName("step-decay", Map.of("rate", 1, "every-epochs", 1.5)))
        .hasMessageContaining("option 'every-epochs' must be a whole number, not '1.5'");
  }
}
