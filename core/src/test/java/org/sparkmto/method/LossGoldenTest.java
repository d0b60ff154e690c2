package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.sparkmto.method.Systems.assertEachClose;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Methods of losses that remember, against sequences of public implementations. */
class LossGoldenTest {

  static List<Golden.Case> cases() {
    return Golden.cases();
  }

  /** Losses of step i of the file's sequences: {@code losses * sqrt(f_i)}. */
  private static Vector losses(Golden.Case golden, int step) {
    JsonNode factors = golden.json().get("sequence").get("f");
    return golden.losses().times(Math.sqrt(factors.get(step).asDouble()));
  }

  /**
   * The reference measures its nadir on step 0 of the sequence and answers for steps 1 and 2. The
   * file holds 15 digits; the reference adds 1e-20 below its logarithms.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void smoothTchebycheff(Golden.Case golden) {
    JsonNode steps = golden.json().get("methods").path("stch").path("steps");
    assumeTrue(steps.size() == 2, "no golden value");
    Weigher weigher = Systems.weigher(Systems.method("stch"), golden.tasks());
    Vector ones = Vector.ones(golden.tasks());
    MethodState state = weigher.initialState();
    for (int epoch = 0; epoch <= 4; epoch++) {
      // What was seen in the warm-up must not count.
      Vector losses = losses(golden, 0).times(epoch < 4 ? 3 : 1);
      Weighing warm = weigher.weigh(Observation.ofLosses(epoch, epoch, losses, ones), state);
      assertEachClose(warm.shared(), ones.dividedBy(losses), 1e-15);
      state = warm.state();
    }
    for (int step = 1; step <= 2; step++) {
      Weighing weighing =
          weigher.weigh(
              Observation.ofLosses(4 + step, 4 + step, losses(golden, step), ones), state);
      assertEachClose(weighing.shared(), Golden.vector(steps.get(step - 1).get("alpha")), 1e-12);
      assertThat(weighing.heads()).isEqualTo(weighing.shared());
      state = weighing.state();
    }
  }
}
