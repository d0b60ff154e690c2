package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossMethodsTest {
  private static final Vector LOSSES = Vector.of(0.3, 1, 7);
  private static final Vector S = Vector.of(-0.4, 0, 1.3);

  private static Weighing weigh(Method method, Vector losses, MethodState state) {
    return Systems.weigher(method, losses.size())
        .weigh(Observation.ofLosses(0, 0, losses, Vector.ones(losses.size())), state);
  }

  /** Weights and gradients are derivatives of the objective that the paper writes. */
  @ParameterizedTest
  @CsvSource({"gaussian, 0.5, 0.5", "laplace, 1, 1", "classification, 1, 0.5"})
  void uncertaintyWeightingDescendsItsObjective(String form, double factor, double slope) {
    assertDerivatives(
        Methods.byName("uw", Map.of("form", form)).method(),
        (s, loss) -> factor * Math.exp(-s) * loss + slope * s);
  }

  @Test
  void imtlLDescendsItsObjective() {
    assertDerivatives(Systems.method("imtl-l"), (s, loss) -> Math.exp(s) * loss - s);
  }

  private static void assertDerivatives(Method method, DoubleBinaryOperator objective) {
    Weighing weighing = weigh(method, LOSSES, MethodState.empty().withPerTask("s", S));
    double h = 1e-6;
    for (int k = 0; k < S.size(); k++) {
      double s = S.at(k);
      double loss = LOSSES.at(k);
      double byLoss =
          (objective.applyAsDouble(s, loss + h) - objective.applyAsDouble(s, loss - h)) / (2 * h);
      double byS =
          (objective.applyAsDouble(s + h, loss) - objective.applyAsDouble(s - h, loss)) / (2 * h);
      // Central differences in double: rounding 1e-16 / 1e-6 times values up to 25.
      assertThat(weighing.shared().at(k)).isCloseTo(byLoss, within());
      assertThat(weighing.heads().at(k)).isCloseTo(byLoss, within());
      assertThat(weighing.gradients().get("s").at(k)).isCloseTo(byS, within());
    }
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-7);
  }

  @Test
  void imtlLLeavesTheScaleOfALossThatIsNotPositive() {
    Weighing weighing =
        weigh(Systems.method("imtl-l"), Vector.of(0, 2), Systems.method("imtl-l").initialState(2));
    assertThat(weighing.gradients().get("s")).isEqualTo(Vector.of(0, 1));
  }

  /** The hybrid of algorithm 1, from its definition: IMTL-G of the scaled gradients. */
  @Test
  void imtlScalesLossesBeforeItBalancesGradients() {
    double[][] gradients = Systems.random(11, 3, 8, 1);
    double[][] scaled = new double[3][];
    Vector scales = S.map(Math::exp);
    for (int k = 0; k < 3; k++) {
      scaled[k] = Vector.of(gradients[k]).times(scales.at(k)).toArray();
    }
    Weighing hybrid =
        Systems.weigher(Systems.method("imtl"), 3)
            .weigh(Systems.observation(gradients, LOSSES), MethodState.empty().withPerTask("s", S));
    Weighing balanced = Systems.weigh(Systems.method("imtl-g"), scaled, LOSSES);
    assertEachClose(hybrid.shared(), balanced.shared().times(scales), 1e-12);
    assertThat(hybrid.heads()).isEqualTo(scales);
    assertEachClose(hybrid.gradients().get("s"), scales.times(LOSSES).map(v -> v - 1), 1e-14);
  }

  @Test
  void imtlLearnsItsScaleWithOneTaskToo() {
    Weigher weigher = Systems.weigher(Systems.method("imtl"), 1);
    Weighing weighing =
        weigher.weigh(
            Systems.observation(new double[][] {{3, 4}}, Vector.of(5)),
            MethodState.empty().withPerTask("s", Vector.of(Math.log(2))));
    assertEachClose(weighing.shared(), Vector.of(2), 1e-14);
    assertEachClose(weighing.heads(), Vector.of(2), 1e-14);
    assertEachClose(weighing.gradients().get("s"), Vector.of(9), 1e-14);
  }

  /** A product of 64 such losses is 1e-640. */
  @Test
  void geometricLossDoesNotUnderflow() {
    Weighing weighing = weigh(new GeometricLoss(), Vector.filled(64, 1e-10), MethodState.empty());
    assertEachClose(weighing.shared(), Vector.filled(64, 1.0 / 64), 1e-13);
  }

  @Test
  void geometricLossFailsOnALossOfZero() {
    Weighing weighing = weigh(new GeometricLoss(), Vector.of(0, 1), MethodState.empty());
    assertThat(weighing.failure()).contains("the geometric mean needs positive losses");
    assertThat(weighing.shared()).isEqualTo(Vector.of(0.5, 0.5));
    assertThat(weighing.heads()).isEqualTo(Vector.of(0.5, 0.5));
  }

  @Test
  void analyticUncertaintyOfAVanishingLossIsBounded() {
    Method method = Systems.method("uw-o");
    assertEachClose(
        weigh(method, Vector.of(0, 1), MethodState.empty()).shared(), Vector.of(1e8, 1), 1e-12);
  }

  @Test
  void softAnalyticUncertaintyIsASoftmaxOfInverseLosses() {
    Method method = Methods.byName("uw-o", Map.of("temperature", 2)).method();
    Vector expected = Vector.of(Math.exp(1 / 0.6), Math.exp(0.5), Math.exp(1 / 14.0));
    assertEachClose(
        weigh(method, LOSSES, MethodState.empty()).shared(), expected.scaledToSum(1), 1e-13);
  }

  /** A task that misses the first batch of an epoch, or a whole one, keeps its own history. */
  @Test
  void dynamicWeightAverageOfTasksThatComeAndGo() {
    Weigher weigher = Systems.weigher(Systems.method("dwa"), 2);
    MethodState state = weigher.initialState();
    Vector both = Vector.of(1, 1);
    Vector onlyFirst = Vector.of(1, 0);
    Object[][] steps = {
      {0, Vector.of(4, 8), both},
      {1, Vector.of(2, 0), onlyFirst},
      {1, Vector.of(2, 6), both},
      {2, Vector.of(1, 0), onlyFirst},
      {3, Vector.of(1, 1), both},
    };
    Weighing last = null;
    for (int i = 0; i < steps.length; i++) {
      last =
          weigher.weigh(
              Observation.ofLosses(
                  i, (int) steps[i][0], (Vector) steps[i][1], (Vector) steps[i][2]),
              state);
      state = last.state();
    }
    // Task 0: epochs 1 and 2 with averages 2 and 1; task 1: epochs 0 and 1 with 8 and 6.
    assertEachClose(last.shared(), Vector.of(0.5, 0.75).times(0.5).softmax().times(2), 1e-14);
  }

  @Test
  void dynamicWeightAverageOfALossOfZeroIsNeutral() {
    Weigher weigher = Systems.weigher(Systems.method("dwa"), 2);
    MethodState state = weigher.initialState();
    for (int epoch = 0; epoch < 4; epoch++) {
      Weighing weighing =
          weigher.weigh(Observation.ofLosses(epoch, epoch, Vector.of(0, 3), Vector.ones(2)), state);
      assertEachClose(weighing.shared(), Vector.ones(2), 1e-15);
      state = weighing.state();
    }
  }
}
