package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Batch;
import org.sparkmto.random.Draws;

/** Passes that compute in bfloat16. */
@Tag("slow")
class PrecisionTest {
  private static final PassSettings KEPT = PassSettings.USUAL.in(Precision.BF16);
  private static final PassSettings BLOCKS = KEPT.with(PassSettings.Recompute.BLOCKS);
  private static final double[] WEIGHTS = {0.7, -1.3, 2.5};

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  private static float[] gradient(NetworkPlan plan, Batch batch, Cut cut, PassSettings settings) {
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      replica.makePasses(settings);
      try (ForwardPass pass = replica.forward(batch, cut)) {
        if (cut == Cut.NONE) {
          pass.backward(WEIGHTS, WEIGHTS);
        } else {
          pass.backwardHeads().backward(WEIGHTS);
        }
        return Tiny.values(replica.gradient());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.sparkmto.network.RecomputationTest#everyArchitecture")
  void everyNetworkHasTheSameFiniteBitsEveryTimeAlsoOfBlocks(RecomputationTest.Case one) {
    for (Cut cut : Cut.values()) {
      float[] kept = gradient(one.plan(), one.batch(), cut, KEPT);
      float[] again = gradient(one.plan(), one.batch(), cut, BLOCKS);
      assertThat(Arrays.mismatch(again, kept)).as("cut " + cut).isEqualTo(-1);
      double sum = 0;
      for (float g : kept) {
        sum += (double) g * g;
      }
      assertThat(sum).isFinite().isPositive();
    }
  }

  /**
   * A number of 8 bits of mantissa is off by 1 of 512 at most; a gradient has been rounded so
   * behind every layer on its way, in networks of 3, 6 and 18 layers here.
   */
  @ParameterizedTest
  @ValueSource(strings = {"small-conv", "small-unet", "resnet18"})
  void gradientsAreNearThoseOfThirtyTwoBits(String name) {
    NetworkPlan plan =
        Tiny.plan(name, Map.of("width", 4L), Tiny.threeTasks(), List.of(3, 64, 64), Map.of());
    Batch batch = Tiny.batch(plan, 12, 1, false);
    for (Cut cut : Cut.values()) {
      float[] narrow = gradient(plan, batch, cut, KEPT);
      float[] wide = gradient(plan, batch, cut, PassSettings.USUAL);
      double error = 0;
      double norm = 0;
      for (int i = 0; i < wide.length; i++) {
        error += Math.pow(narrow[i] - wide[i], 2);
        norm += Math.pow(wide[i], 2);
      }
      assertThat(Math.sqrt(error / norm))
          .as("cut " + cut)
          .isGreaterThan(1e-4)
          .isLessThan(name.equals("resnet18") ? 0.6 : 0.03);
    }
  }

  /**
   * A kernel of 3 x 3 with stride 2 on maps of one pixel, of which its middle alone is ever upon
   * the map: oneDNN's kernels of 16 bits left the gradient of the others as the memory was.
   */
  @Test
  void whatAKernelNeverMeetsHasNoGradientWhateverTheMemoryHeld() {
    try (PointerScope scope = new PointerScope()) {
      Parameter weight =
          new Parameter("weight", List.of(16L, 16L, 3L, 3L), new Initialisation.Constant(1), false);
      weight.bind(torch.ones(16, 16, 3, 3).set_requires_grad(true));
      Tensor map = torch.ones(4, 16, 1, 1);
      for (int round = 0; round < 20; round++) {
        torch.full(new long[] {16, 16, 3, 3}, new Scalar(1e30)).close();
        Tensor out =
            Precision.BF16.during(
                DeviceType.CPU, () -> Functional.conv2d(map, weight, null, 2, 1, 1));
        TensorVector gradients =
            torch.grad(
                new TensorVector(out.sum()),
                new TensorVector(weight.tensor()),
                new TensorVector(),
                new BoolOptional(false),
                false,
                false);
        assertThat(gradients.get(0).sum().item_double()).isEqualTo(4.0 * 16 * 16);
      }
    }
  }

  @Test
  void representationLossesAndTheirGradientsAreOfThirtyTwoBitsAndWhatIsBetweenIsNot() {
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Replica replica = Replica.of(plan, Draws.of(2))) {
      NumericNetwork network = new NumericNetwork(replica.network(), Precision.BF16);
      List<Tensor> inputs = HostTensors.inputs(Tiny.batch(plan, 3, 1, false), plan, Device.CPU);
      Tensor z = network.encode(inputs, true);
      assertThat(z.scalar_type().intern()).isEqualTo(ScalarType.Float);
      assertThat(network.decode(0, z, true).scalar_type().intern()).isEqualTo(ScalarType.Float);
      List<ScalarType> between = new ArrayList<>();
      List<Tensor> given = inputs;
      for (Block block : network.blocks()) {
        given = block.apply(given, true);
        between.add(given.get(0).scalar_type().intern());
      }
      assertThat(between.subList(0, between.size() - 1)).containsOnly(ScalarType.BFloat16);
      assertThat(between).last().isEqualTo(ScalarType.Float);
      assertThat(torch.is_autocast_enabled(DeviceType.CPU)).isFalse();
    }
  }

  /** Copies of weights in 16 bits are kept within a pass; the next one must see the update. */
  @Test
  void aPassSeesTheParametersOfItsTimeAndEvaluationIsOfThirtyTwoBits() {
    NetworkPlan plan = Tiny.smallConvolutional(Tiny.threeTasks());
    Batch batch = Tiny.batch(plan, 4, 1, false);
    try (Replica replica = Replica.of(plan, Draws.of(2));
        Replica usual = Replica.of(plan, Draws.of(2))) {
      replica.makePasses(KEPT);
      double[] before = losses(replica, batch);
      assertThat(losses(replica, batch)).isEqualTo(before);
      assertThat(replica.judge(batch).lossSums()).isEqualTo(usual.judge(batch).lossSums());
      replica.parameters().scale(1.5);
      assertThat(losses(replica, batch)).isNotEqualTo(before);
    }
  }

  private static double[] losses(Replica replica, Batch batch) {
    try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      return pass.lossSums();
    }
  }

  @Test
  void aProcessorWithoutTheInstructionsIsToldSoAndNotRefused() {
    List<String> able = List.of("flags", ":", "avx2", "avx512_bf16");
    assertThat(Precision.caution(able)).isEmpty();
    assertThat(Precision.caution(List.of("flags", ":", "avx2")))
        .hasValueSatisfying(words -> assertThat(words).contains("emulates them"));
    assertThat(Precision.FLOAT32.caution()).isEmpty();
    assertThat(Precision.BF16.unusable(DeviceType.CPU)).isEmpty();
    // There is no GPU for a build that has no CUDA, so none of 8.0 or more.
    assertThat(Precision.BF16.unusable(DeviceType.CUDA))
        .hasValueSatisfying(words -> assertThat(words).contains("compute capability 8.0"));
    assertThat(Precision.FLOAT32.unusable(DeviceType.CUDA)).isEmpty();
  }
}
