package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MethodStateTest {
  private static final MethodState STATE =
      MethodState.empty()
          .withPerTask("s", Vector.of(0.1, -0.0, Double.NaN, 1e-310))
          .withPerPair("rho", Matrix.of(4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
          .withNumber("beta", Math.nextUp(0.5));

  @Test
  void arraysHoldEveryBit() {
    MethodState back = MethodState.ofArrays(STATE.toArrays());
    assertThat(back).isEqualTo(STATE);
    assertThat(Double.doubleToRawLongBits(back.perTask("s").at(1)))
        .isEqualTo(Double.doubleToRawLongBits(-0.0));
    assertThat(STATE.toArrays()).containsOnlyKeys("number/beta", "pair/rho", "task/s");
    assertThat(MethodState.ofArrays(Map.of())).isEqualTo(MethodState.empty());
  }

  @Test
  void restrictsToTasksAndMergesBack() {
    MethodState part = STATE.restrictedTo(3, 1);
    assertThat(part.perTask("s")).isEqualTo(Vector.of(1e-310, -0.0));
    assertThat(part.perPair("rho")).isEqualTo(Matrix.of(2, 16, 14, 8, 6));
    assertThat(STATE.mergedWith(part, 3, 1)).isEqualTo(STATE);

    MethodState changed =
        MethodState.empty()
            .withPerTask("s", Vector.of(7, 8))
            .withPerPair("rho", Matrix.filled(2, 0))
            .withNumber("beta", 2);
    MethodState merged = STATE.mergedWith(changed, 3, 1);
    assertThat(merged.perTask("s")).isEqualTo(Vector.of(0.1, 8, Double.NaN, 7));
    assertThat(merged.perPair("rho"))
        .isEqualTo(Matrix.of(4, 1, 2, 3, 4, 5, 0, 7, 0, 9, 10, 11, 12, 13, 0, 15, 0));
    assertThat(merged.number("beta")).isEqualTo(2);
  }

  @Test
  void refusesArraysOfNoState() {
    assertThatThrownBy(() -> MethodState.ofArrays(Map.of("weights", new double[] {1})))
        .hasMessageContaining("'weights' with 1 value is no part of a method's state");
    assertThatThrownBy(() -> MethodState.ofArrays(Map.of("pair/rho", new double[] {1, 2})))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> STATE.perTask("rho"))
        .hasMessageContaining("no per-task vector 'rho', only [s]");
  }

  /** What a resumed run answers is what the uninterrupted one does, bit by bit. */
  @Test
  void everyMethodGoesOnFromItsArrays() {
    for (MethodEntry entry : Methods.all()) {
      Method method = entry.make(Map.of()).method();
      Weigher weigher = Systems.weigher(method, 3);
      MethodState straight = weigher.initialState();
      MethodState resumed = straight;
      for (int step = 0; step < 12; step++) {
        double[][] gradients = Systems.random(step, 3, 5, 1);
        Vector labelled = Vector.of(step % 4 == 1 ? 0 : 1, 1, step % 3 == 0 ? 0 : 1);
        Observation observation =
            Systems.fitted(
                method,
                Observation.ofLosses(step, step / 3, Systems.losses(step, 3), labelled)
                    .withGram(SymmetricMatrix.gramOf(gradients)));
        Weighing one = weigher.weigh(observation, straight);
        Weighing two = weigher.weigh(observation, MethodState.ofArrays(resumed.toArrays()));
        assertThat(two).as(entry.name()).isEqualTo(one);
        straight = learned(one);
        resumed = learned(two);
      }
    }
  }

  private static MethodState learned(Weighing weighing) {
    MethodState state = weighing.state();
    for (var gradient : weighing.gradients().entrySet()) {
      Vector values = state.perTask(gradient.getKey());
      state = state.withPerTask(gradient.getKey(), values.minus(gradient.getValue().times(0.1)));
    }
    return state;
  }
}
