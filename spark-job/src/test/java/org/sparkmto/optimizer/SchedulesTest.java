package org.sparkmto.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> Schedules.byName("constant", Map.of()))
        .hasMessage("schedule 'constant' needs the option 'rate'");
    assertThatThrownBy(() -> Schedules.byName("constant", Map.of("rate", 0)))
        .hasMessageContaining("learning rate 0.0 is not positive");
    assertThatThrownBy(() -> Schedules.byName("constant", Map.of("rate", 1, "every-steps", 3)))
        .hasMessageContaining("schedule 'constant' has no option 'every-steps'");
    assertThatThrownBy(() -> Schedules.byName("stepdecay", Map.of()))
        .hasMessageContaining("did you mean 'step-decay'?");
    assertThatThrownBy(() -> Schedules.byName("step-decay", Map.of("rate", 1)))
        .hasMessageContaining("either every-epochs or every-steps");
    assertThatThrownBy(() -> Schedules.byName("step-decay", Map.of("rate", 1, "every-epochs", 1.5)))
        .hasMessageContaining("option 'every-epochs' is 1.5, not a whole number");
  }
}
