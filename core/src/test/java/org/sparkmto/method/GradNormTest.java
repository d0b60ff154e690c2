package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The forms of GradNorm that no golden vectors are known of. */
class GradNormTest {
  private static Method method(Map<String, ?> options) {
    return Methods.byName("gradnorm", options).method();
  }

  @Test
  void theAnalyticFormIsForGammaZero() {
    assertThatThrownBy(() -> method(Map.of("form", "analytic")))
        .hasMessageContaining("method 'gradnorm': form 'analytic'");
    double[][] gradients = Systems.random(3, 4, 9, 6);
    Vector weights =
        Systems.weigh(method(Map.of("form", "analytic", "gamma", 0)), gradients, Vector.ones(4))
            .shared();
    double[] lengths = new double[4];
    for (int k = 0; k < 4; k++) {
      lengths[k] = weights.at(k) * Systems.norm(Vector.of(gradients[k]));
    }
    assertEachClose(Vector.of(lengths), Vector.filled(4, lengths[0]), 1e-12);
    assertThat(weights.sum()).isCloseTo(4, offset(1e-12));
  }

  /** With the average over epoch 0 as first losses, all weights are 1 until epoch 1. */
  @Test
  void theFirstEpochIsTheBaseline() {
    Weigher weigher = Systems.weigher(method(Map.of("baseline", "epoch", "form", "softmax")), 2);
    MethodState state = weigher.initialState().withPerTask("w", Vector.of(1, 2));
    SymmetricMatrix gram = SymmetricMatrix.of(2, 1, 0, 0, 4);
    Vector ones = Vector.ones(2);
    for (Vector losses : List.of(Vector.of(1, 4), Vector.of(3, 8))) {
      Weighing weighing =
          weigher.weigh(Observation.ofLosses(0, 0, losses, ones).withGram(gram), state);
      assertThat(weighing.shared()).isEqualTo(ones);
      assertThat(weighing.gradients()).isEmpty();
      state = weighing.state();
    }
    assertThat(state.perTask("initial")).isEqualTo(Vector.of(2, 6));
    Weighing later =
        weigher.weigh(Observation.ofLosses(2, 1, Vector.of(9, 9), ones).withGram(gram), state);
    assertThat(later.state().perTask("initial")).isEqualTo(Vector.of(2, 6));
    assertEachClose(later.shared(), Vector.of(1, 2).softmax().times(2), 1e-15);
    assertThat(later.gradients().get("w").isFinite()).isTrue();
  }
}
