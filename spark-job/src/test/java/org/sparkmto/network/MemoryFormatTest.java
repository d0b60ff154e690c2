package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.random.Draws;

/** Passes over images whose numbers lie pixel after pixel. */
@Tag("slow")
class MemoryFormatTest {
  private static final PassSettings LAST = PassSettings.USUAL.with(MemoryFormat.CHANNELS_LAST);

  /**
   * Sums of single precision in another order are off by some 1e-6. Maps of a pixel or two in three
   * images have deviations, by which batch normalisation divides, of a few numbers that may be near
   * each other: layer after layer multiplies that.
   */
  private static final double BOUND = 0.03;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  /** The deepest with maps of more than a pixel to normalise. */
  static Stream<RecomputationTest.Case> everyArchitecture() {
    String deep = "resnet50";
    return Stream.concat(
        RecomputationTest.everyArchitecture()
            .filter(one -> !one.plan().architecture().equals(deep)),
        Stream.of(RecomputationTest.Case.ofImages(deep, Map.of("width", 2L), 64)));
  }

  /** Bits repeat, also of blocks that are run again. */
  @ParameterizedTest
  @MethodSource("everyArchitecture")
  void everyWayToAGradientIsTheSameUpToRounding(RecomputationTest.Case one) {
    List<float[]> usual = one.everything(PassSettings.USUAL);
    List<float[]> last = one.everything(LAST);
    List<float[]> again = one.everything(LAST.with(PassSettings.Recompute.BLOCKS));
    assertThat(last).hasSameSizeAs(usual);
    for (int way = 0; way < last.size(); way++) {
      assertThat(Arrays.mismatch(again.get(way), last.get(way))).as("way " + way).isEqualTo(-1);
      double error = 0;
      double norm = 0;
      for (int i = 0; i < usual.get(way).length; i++) {
        error += Math.pow(last.get(way)[i] - usual.get(way)[i], 2);
        norm += Math.pow(usual.get(way)[i], 2);
      }
      assertThat(Math.sqrt(error)).as("way " + way).isLessThanOrEqualTo(BOUND * Math.sqrt(norm));
    }
  }

  @Test
  void whatConvolutionsMakeLiesAsTheInputsDo() {
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Replica replica = Replica.of(plan, Draws.of(2))) {
      List<Tensor> inputs = HostTensors.inputs(Tiny.batch(plan, 3, 1, false), plan, Device.CPU);
      for (MemoryFormat format : MemoryFormat.values()) {
        List<Tensor> laid = format.laid(inputs);
        Tensor made = replica.network().blocks().get(0).apply(laid, true).get(0);
        assertThat(made.is_contiguous(torch.MemoryFormat.ChannelsLast))
            .isEqualTo(format == MemoryFormat.CHANNELS_LAST);
      }
    }
  }
}
