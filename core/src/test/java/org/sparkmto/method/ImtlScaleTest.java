package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The learned scales of IMTL-L and of the hybrid. */
class ImtlScaleTest {
  private static Method method(String name, Map<String, ?> options) {
    return Methods.byName(name, options).method();
  }

  private static Weighing weigh(String name, Map<String, ?> options, double[][] rows, Vector s) {
    Weigher weigher = Systems.weigher(method(name, options), rows.length);
    return weigher.weigh(
        Systems.observation(rows, Vector.of(2, 0.5)), weigher.initialState().withPerTask("s", s));
  }

  /** IMTL-G has no answer to opposite gradients: the mean, but of the scaled losses. */
  @Test
  void aStepOnWhichTheHybridFailsFollowsTheMeanOfTheScaledLosses() {
    Vector s = Vector.of(0.3, -1);
    Weighing weighing = weigh("imtl", Map.of(), new double[][] {{1, 0}, {-1, 0}}, s);
    assertThat(weighing.failure()).isPresent();
    assertEachClose(weighing.shared(), s.map(Math::exp).times(0.5), 1e-15);
    assertEachClose(weighing.heads(), s.map(Math::exp), 1e-15);
  }

  @Test
  void baseAndFactorScaleTheHybridAsTheyScaleImtlL() {
    Map<String, ?> options = Map.of("base", 2, "factor", 3);
    Vector s = Vector.of(1, -1);
    double[][] rows = {{1, 0}, {0, 5}};
    Weighing hybrid = weigh("imtl", options, rows, s);
    Weighing losses = weigh("imtl-l", options, rows, s);
    assertEachClose(hybrid.heads(), Vector.of(6, 1.5), 1e-15);
    assertThat(hybrid.heads()).isEqualTo(losses.heads());
    assertThat(hybrid.gradients()).isEqualTo(losses.gradients());
    // Of the scaled losses the gradients are 6 and 7.5 long, and both weights times that equal.
    Vector unscaled = hybrid.shared().dividedBy(Vector.of(6, 1.5));
    assertEachClose(unscaled, Vector.of(1 / 6.0, 1 / 7.5).scaledToSum(1), 1e-12);
    assertThatThrownBy(() -> method("imtl", Map.of("base", 1)))
        .hasMessageContaining("method 'imtl': option 'base' must be e, or a number above 1");
  }

  @Test
  void alignedMtlsPreferencesAreOnesOrAMean() {
    double[][] rows = {{1, 0.2}, {0.1, 3}};
    Vector sum = weigh("aligned-mtl", Map.of(), rows).shared();
    assertEachClose(
        weigh("aligned-mtl", Map.of("reduction", "mean"), rows).shared(), sum.times(0.5), 1e-15);
    assertThat(weigh("aligned-mtl", Map.of("preferences", List.of(1, 1)), rows).shared())
        .isEqualTo(sum);
    assertThat(method("aligned-mtl", Map.of("reduction", "mean")).equalWeight(4)).isEqualTo(0.25);
    assertThatThrownBy(
            () -> method("aligned-mtl", Map.of("reduction", "mean", "preferences", List.of(1, 1))))
        .hasMessageContaining("option 'reduction' is for tasks without 'preferences'");
  }

  private static Weighing weigh(String name, Map<String, ?> options, double[][] rows) {
    return Systems.weigh(method(name, options), rows, Vector.of(2, 0.5));
  }
}
