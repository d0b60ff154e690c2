package org.sparkmto.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.network.CentralDifferences;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.NetworkChecks;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.PlainMaps;
import org.sparkmto.network.Replica;
import org.sparkmto.network.Rooms;
import org.sparkmto.random.Draws;

class SegnetTest {
  /** Channels before and behind each convolution, written down from the published network. */
  private static final int[][] ENCODER = {
    {3, 64},
    {64, 64},
    {64, 128},
    {128, 128},
    {128, 256},
    {256, 256},
    {256, 256},
    {256, 512},
    {512, 512},
    {512, 512},
    {512, 512},
    {512, 512},
    {512, 512}
  };

  private static final int[][] DECODER = {
    {512, 512},
    {512, 512},
    {512, 512},
    {512, 256},
    {256, 256},
    {256, 256},
    {256, 128},
    {128, 128},
    {128, 128},
    {128, 64},
    {64, 64},
    {64, 64},
    {64, 64}
  };

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  static long sharedParameters() {
    long shared = 0;
    for (int[] layer : ENCODER) {
      shared += NetworkChecks.normalised(layer[0], layer[1], 3);
    }
    for (int[] layer : DECODER) {
      shared += NetworkChecks.normalised(layer[0], layer[1], 3);
    }
    return shared;
  }

  static long head(long outputs) {
    return 64 * (64 * 9 + 1) + outputs * (64 + 1);
  }

  @Test
  void hasTheParametersOfThePublishedNetwork() {
    NetworkPlan plan = Rooms.plan("segnet", Map.of(), 13, 64, 64);
    ParameterLayout layout = plan.layout();
    assertThat(layout.shared()).isEqualTo(sharedParameters()).isEqualTo(24_943_296);
    assertThat(layout.heads()).containsExactly(head(13), head(1), head(3));
    // The number that the authors' program gives for the network of segmentation alone.
    assertThat(Rooms.only(plan, 0).layout().total()).isEqualTo(24_981_069);
  }

  @Test
  void encoderHasTorchvisionsNames() {
    List<String> names =
        Rooms.plan("segnet", Map.of(), 64, 64).layout().entries().stream()
            .map(ParameterLayout.Entry::name)
            .toList();
    // Configuration "D" of torchvision: M pools, numbers are a convolution, a norm and a ReLU.
    List<String> expected = new ArrayList<>();
    int index = 0;
    for (char layer : "ccMccMcccMcccMcccM".toCharArray()) {
      if (layer == 'M') {
        index++;
        continue;
      }
      for (int part = 0; part < 2; part++) {
        expected.add("encoder.features." + (index + part) + ".weight");
        expected.add("encoder.features." + (index + part) + ".bias");
      }
      index += 3;
    }
    assertThat(names.subList(0, expected.size())).isEqualTo(expected);
    assertThat(expected).contains("encoder.features.40.weight", "encoder.features.41.bias");
    assertThat(names.subList(expected.size(), names.size()))
        .noneMatch(name -> name.startsWith("encoder."))
        .contains("decoder.4.0.weight", "heads.depth.pred.0.weight", "heads.depth.pred.1.bias");
  }

  @ParameterizedTest
  @CsvSource({"32,32", "45,67", "33,96"})
  void answersForEveryPixelOfImagesOfAnySize(int height, int width) {
    NetworkPlan plan = Rooms.plan("segnet", Map.of("width", 2L), height, width);
    try (Replica replica = Replica.of(plan, Draws.of(1))) {
      assertThat(replica.predict(Rooms.batch(plan, 2, 1)))
          .map(values -> values.length)
          .containsExactly(
              2 * Rooms.CLASSES * height * width, 2 * height * width, 2 * 3 * height * width);
    }
  }

  @Test
  void imagesThatCannotBeHalvedFiveTimesAreRefused() {
    assertThatThrownBy(() -> Rooms.plan("segnet", Map.of(), 64, 31).layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "an image of 64 x 31 is too small for SegNet, which halves it five times: 32 x 32 at"
                + " least");
  }

  /** Odd sizes too: what pooling leaves out is zero when it is undone. */
  @ParameterizedTest
  @CsvSource({"4,6", "5,7"})
  void poolingAndItsInverseAreThoseOfAPlainLoop(int height, int width) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = CentralDifferences.normal(List.of(2, 3, height, width), Draws.of(4));
      int rows = height / 2;
      int columns = width / 2;
      Tensor y = CentralDifferences.normal(List.of(2, 3, rows, columns), Draws.of(5));
      double[] in = PlainMaps.numbers(x);
      double[] put = PlainMaps.numbers(y);
      double[] largest = new double[put.length];
      double[] back = new double[in.length];
      for (int at = 0; at < put.length; at++) {
        int plane = at / (rows * columns);
        int row = at / columns % rows;
        int column = at % columns;
        int best = -1;
        for (int place = 0; place < 4; place++) {
          int from = (plane * height + 2 * row + place / 2) * width + 2 * column + place % 2;
          best = best < 0 || in[from] > in[best] ? from : best;
        }
        largest[at] = in[best];
        back[best] = put[at];
      }
      Pooling pooling = Pooling.of(x);
      assertThat(PlainMaps.numbers(pooling.largest())).containsExactly(largest);
      assertThat(PlainMaps.numbers(Pooling.halved(x))).containsExactly(largest);
      assertThat(PlainMaps.numbers(pooling.undone(y))).containsExactly(back);
    }
  }

  @Test
  void poolingAndItsInverseHaveTheirDerivatives() {
    CentralDifferences.check(new ParameterBook(0), List.of(2, 2, 5, 7), SegnetTest::undone, 6);
  }

  /** Numbers that differ from those that were pooled, so that no place takes its own back. */
  private static Tensor undone(Tensor x) {
    Pooling pooling = Pooling.of(x);
    return pooling.undone(pooling.largest().mul(Pooling.halved(x)).tanh());
  }

  @Test
  void blocksHaveTheirDerivatives() {
    ParameterBook book = new ParameterBook(0);
    ConvolutionStack stack = new ConvolutionStack(book.shared(), "s", 0, 2, 3, 3);
    CentralDifferences.check(book, List.of(3, 2, 5, 4), x -> stack.apply(x, true), 7);
  }

  @Test
  void wholeNetworkHasItsDerivatives() {
    NetworkChecks.differentiable(
        Rooms.plan("segnet", Map.of("width", 1L), 33, 35), List.of(List.of(2, 3, 33, 35)), 8);
  }

  @Test
  void gradientsOfBothCutsAgree() {
    NetworkPlan plan = Rooms.plan("segnet", Map.of("width", 2L), 33, 40);
    NetworkChecks.cutsAgree(plan, Rooms.batch(plan, 3, 1));
  }

  @Test
  void learnsABatch() {
    NetworkPlan plan = Rooms.plan("segnet", Map.of("width", 4L), 32, 32);
    NetworkChecks.learns(plan, Rooms.batch(plan, 2, 1), 30, 0.05, 0.9);
  }
}
