package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Averages of weights; the averages themselves are held to TorchJD's by {@code verify}. */
class CrMogmTest {
  private static final double[][] GRADIENTS = Systems.random(3, 3, 8, 1);
  private static final double[][] LATER = Systems.random(4, 3, 8, 1);

  private static Method method(Map<String, ?> options) {
    return Methods.byName("cr-mogm", options).method();
  }

  private static Observation step(double[][] gradients, Vector labelled) {
    return Observation.ofLosses(0, 0, Vector.ones(3), labelled)
        .with(new GradientSummary.Gram(SymmetricMatrix.gramOf(gradients)));
  }

  @Test
  void withoutAShareOfTheOldTheWeightsAreThoseOfTheOther() {
    Weigher weigher = Systems.weigher(method(Map.of("alpha", 0)), 3);
    MethodState state = weigher.initialState();
    for (double[][] gradients : new double[][][] {GRADIENTS, LATER}) {
      Weighing weighing = weigher.weigh(step(gradients, Vector.ones(3)), state);
      assertThat(weighing.shared())
          .isEqualTo(Systems.weigh(Systems.method("mgda"), gradients, Vector.ones(3)).shared());
      state = weighing.state();
    }
  }

  /** A task without labels keeps its average, and one that comes later begins with its first. */
  @Test
  void everyTaskHasItsOwnAverage() {
    Method mgda = Systems.method("mgda");
    Weigher weigher = Systems.weigher(method(Map.of("alpha", 0.75)), 3);
    Weighing first = weigher.weigh(step(GRADIENTS, Vector.of(1, 1, 0)), weigher.initialState());
    Weighing second = weigher.weigh(step(LATER, Vector.ones(3)), first.state());
    Vector fresh = Systems.weigh(mgda, LATER, Vector.ones(3)).shared();
    assertEachClose(
        second.shared(),
        Vector.of(
            0.75 * first.shared().at(0) + 0.25 * fresh.at(0),
            0.75 * first.shared().at(1) + 0.25 * fresh.at(1),
            fresh.at(2)),
        1e-15);
    assertThat(first.shared().at(2)).isZero();
  }

  /** GradVac remembers the targets of pairs. */
  @Test
  void whatTheOtherRemembersIsKeptForIt() {
    Weigher averaged =
        Systems.weigher(
            method(Map.of("of", "gradvac", "with", Map.of("beta", 0.5), "alpha", 0)), 3);
    Weigher alone = Systems.weigher(Methods.byName("gradvac", Map.of("beta", 0.5)).method(), 3);
    Observation step = step(GRADIENTS, Vector.ones(3));
    MethodState state = averaged.weigh(step, averaged.initialState()).state();
    MethodState other = alone.weigh(step, alone.initialState()).state();
    assertThat(averaged.weigh(step, state).shared()).isEqualTo(alone.weigh(step, other).shared());
    assertThat(MethodState.ofArrays(state.toArrays())).isEqualTo(state);
  }

  @Test
  void whereTheOtherFailsTheStepDoes() {
    Weigher weigher = Systems.weigher(method(Map.of("of", "nash-mtl")), 2);
    double[][] opposite = {{1, -2}, {-1, 2}};
    Weighing weighing =
        weigher.weigh(
            Observation.ofLosses(0, 0, Vector.ones(2), Vector.ones(2))
                .with(new GradientSummary.Gram(SymmetricMatrix.gramOf(opposite))),
            weigher.initialState());
    assertThat(weighing.failure()).isPresent();
    assertThat(weighing.shared()).isEqualTo(Vector.of(0.5, 0.5));
    assertThat(weighing.state()).isEqualTo(weigher.initialState());
  }

  @Test
  void whatHasNoWeightsToAverageIsRefused() {
    for (String other : new String[] {"ew", "imtl", "moco", "cr-mogm"}) {
      assertThatThrownBy(() -> method(Map.of("of", other)))
          .hasMessageContaining("must be a method of inner products that learns nothing");
    }
    assertThatThrownBy(() -> method(Map.of("of", "cagrd"))).hasMessageContaining("cagrad");
    assertThatThrownBy(() -> method(Map.of("of", "cagrad", "with", Map.of("d", 1))))
        .hasMessageContaining("method 'cagrad' has no option 'd'");
    assertThatThrownBy(() -> method(Map.of("with", Map.of("level", "parameters"))))
        .hasMessageContaining("stand beside option 'with'");
  }
}
