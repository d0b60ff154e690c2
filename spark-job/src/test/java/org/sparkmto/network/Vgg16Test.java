package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.random.Draws;

class Vgg16Test {
  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void encoderIsTorchvisionsVgg16WithoutItsClassifier() {
    ParameterLayout layout = plan(Map.of(), 32, 32).layout();
    // torchvision's vgg16_bn has 138,365,992 parameters, its classifier three linear layers.
    long classifier = (512 * 7 * 7 + 1) * 4096L + (4096 + 1) * 4096L + (4096 + 1) * 1000L;
    assertThat(layout.shared()).isEqualTo(138_365_992 - classifier).isEqualTo(14_723_136);
    assertThat(layout.heads()).containsExactly(4 * 513L, 513L, 3 * 513L);
    assertThat(layout.entries().stream().map(ParameterLayout.Entry::name))
        .hasSize(13 * 4 + 6)
        .contains("encoder.features.0.weight", "encoder.features.41.bias", "heads.digit.weight");
  }

  @ParameterizedTest
  @CsvSource({"32,32", "16,16", "33,50"})
  void gives8WidthsOfFeatures(int height, int width) {
    NetworkPlan plan = plan(Map.of("width", 3L), height, width);
    try (Replica replica = Replica.of(plan, Draws.of(1));
        PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor z =
          replica
              .network()
              .encode(
                  HostTensors.inputs(
                      Tiny.batch(plan, 2, 1, false), replica.plan(), replica.device()),
                  true);
      assertThat(CentralDifferences.shape(z)).isEqualTo(List.of(2, 24));
    }
  }

  @Test
  void imagesThatCannotBeHalvedFourTimesAreRefused() {
    assertThatThrownBy(() -> plan(Map.of(), 15, 32).layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("15 x 32 is too small for VGG-16");
  }

  @Test
  void hasItsDerivatives() {
    NetworkChecks.differentiable(
        plan(Map.of("width", 2L), 17, 18), List.of(List.of(6, 3, 17, 18)), 3);
  }

  @Test
  void gradientsOfBothCutsAgree() {
    NetworkPlan plan = plan(Map.of("width", 2L), 16, 16);
    NetworkChecks.cutsAgree(plan, Tiny.batch(plan, 8, 1, true));
  }

  @Test
  void learnsABatch() {
    NetworkPlan plan = plan(Map.of("width", 4L), 16, 16);
    NetworkChecks.learns(plan, Tiny.batch(plan, 8, 1, false), 30, 0.05, 0.5);
  }

  private static NetworkPlan plan(Map<String, Long> options, int height, int width) {
    return Tiny.plan("vgg16", options, Tiny.threeTasks(), List.of(3, height, width), Map.of());
  }
}
