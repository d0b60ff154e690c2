package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.data.Batch;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

/**
 * Everything that a step and its losses compute lies on the device of the replica. That networks
 * make no tensors of their own, so that this holds for them, too, is a rule of the architecture.
 */
class OneDeviceTest {

  /**
   * Losses of which libtorch knows the shapes without the numbers, on a network of which the same
   * is true: it has no convolution.
   */
  static Stream<NetworkPlan> losses() {
    return Stream.of(
        withLoss(TaskKind.CLASSIFICATION, "cross-entropy"),
        withLoss(TaskKind.CLASSIFICATION, "cross-entropy:weights=[1, 2, 0.5, 4]"),
        withLoss(TaskKind.REGRESSION, "l2"),
        withLoss(TaskKind.DEPTH, "l2"),
        withLoss(TaskKind.VECTORS, "l2"),
        withLoss(TaskKind.NORMALS, "cosine"));
  }

  private static NetworkPlan withLoss(TaskKind kind, String loss) {
    NetworkPlan plan = Photos.plan("constant", Map.of(), 5, 4, List.of(kind));
    return new NetworkPlan(
        plan.family(),
        Map.of(),
        plan.tasks().stream().map(task -> task.withLoss(loss)).toList(),
        plan.inputs(),
        plan.targets(),
        plan.statistics());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void aStepLeavesNothingOnTheHost(NetworkPlan plan) {
    try (Replica replica = Replica.of(plan, Draws.of(1), Device.META)) {
      Batch batch = Photos.batch(plan, 3, 1);
      double[] ones = new double[plan.tasks().size()];
      Arrays.fill(ones, 1);
      try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
        pass.backward(ones, ones);
        assertThat(pass.labelled()).hasSize(ones.length);
      }
      try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
        RepresentationGradients gradients = pass.backwardHeads();
        gradients.gram();
        gradients.backward(ones);
      }
      assertThat(replica.judge(batch).outputs()).hasSize(ones.length);
    }
  }

  /** What the tests here rest on: libtorch refuses to mix them. */
  @Test
  void tensorsOfTwoDevicesCannotBeAdded() {
    try (PointerScope scope = new PointerScope();
        FlatVector elsewhere = FlatVector.zeros(3, Device.META)) {
      Tensor host = torch.ones(3);
      assertThatThrownBy(() -> elsewhere.tensor().add(host)).hasMessageContaining("same device");
      assertThat(Device.META).hasToString("meta");
    }
  }
}
