package org.sparkmto.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.network.Block;
import org.sparkmto.network.CentralDifferences;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.NetworkChecks;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Parameter;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.PlainMaps;
import org.sparkmto.network.Replica;
import org.sparkmto.network.Rooms;
import org.sparkmto.network.Tiny;
import org.sparkmto.random.Draws;

@Tag("slow")
class ResidualEncoderTest {
  /** The last map of a residual encoder. */
  static Tensor last(ResidualEncoder encoder, Tensor images, boolean training) {
    return Block.all(encoder.lastMap().blocks(), List.of(images), training).get(0);
  }

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  /** The totals that torchvision's documentation gives, less the classifier of 1000 classes. */
  @ParameterizedTest
  @CsvSource({"18,11689512,512", "34,21797672,512", "50,25557032,2048", "101,44549160,2048"})
  void hasAsManyParametersAsTorchvisions(int depth, long published, long features) {
    for (long stride : List.of(8L, 16L, 32L)) {
      ParameterBook book = new ParameterBook(0);
      ResidualEncoder encoder =
          new ResidualEncoder(book.shared(), "encoder", List.of(3, 64, 64), depth, 64, stride);
      assertThat(encoder.channels()).isEqualTo(features);
      assertThat(ParameterLayout.of(book).shared())
          .isEqualTo(published - (features + 1) * 1000)
          .isEqualTo(
              Map.of(18, 11_176_512L, 34, 21_284_672L, 50, 23_508_032L, 101, 42_500_160L)
                  .get(depth));
    }
  }

  @Test
  void bottlenecksHaveTorchvisionsNames() {
    ParameterBook book = new ParameterBook(0);
    ResidualEncoder encoder =
        new ResidualEncoder(book.shared(), "encoder", List.of(3, 64, 64), 50, 64, 8);
    assertThat(encoder.channels(1)).isEqualTo(256);
    List<Parameter> declared = book.sharedParameters();
    assertThat(declared)
        .map(Parameter::name)
        .startsWith(
            "encoder.conv1.weight",
            "encoder.bn1.weight",
            "encoder.bn1.bias",
            "encoder.layer1.0.conv1.weight",
            "encoder.layer1.0.bn1.weight",
            "encoder.layer1.0.bn1.bias",
            "encoder.layer1.0.conv2.weight",
            "encoder.layer1.0.bn2.weight",
            "encoder.layer1.0.bn2.bias",
            "encoder.layer1.0.conv3.weight",
            "encoder.layer1.0.bn3.weight",
            "encoder.layer1.0.bn3.bias",
            "encoder.layer1.0.downsample.0.weight",
            "encoder.layer1.0.downsample.1.weight",
            "encoder.layer1.0.downsample.1.bias",
            "encoder.layer1.1.conv1.weight")
        .endsWith("encoder.layer4.2.bn3.weight", "encoder.layer4.2.bn3.bias")
        // One convolution and two of the norm: the stem, 16 blocks of three, four shortcuts.
        .hasSize(3 * (1 + 3 * 16 + 4));
    assertThat(book.buffers()).hasSize(2 * (1 + 3 * 16 + 4));
    assertThat(shapeOf(declared, "encoder.layer1.0.conv3.weight"))
        .containsExactly(256L, 64L, 1L, 1L);
    assertThat(shapeOf(declared, "encoder.layer4.0.conv2.weight"))
        .containsExactly(512L, 512L, 3L, 3L);
    assertThat(shapeOf(declared, "encoder.layer4.0.downsample.0.weight"))
        .containsExactly(2048L, 1024L, 1L, 1L);
  }

  /** What dilation is for: nothing computed before is lost, what was skipped is added. */
  @ParameterizedTest
  @CsvSource({"18,16,2", "18,8,4", "50,16,2", "50,8,4"})
  void dilatedNetworkHoldsTheStridedOne(int depth, int stride, int step) {
    try (PointerScope scope = new PointerScope()) {
      List<Integer> image = List.of(3, 97, 75);
      ParameterBook strided = new ParameterBook(0);
      ParameterBook dilated = new ParameterBook(0);
      ResidualEncoder coarse = new ResidualEncoder(strided.shared(), "e", image, depth, 2, 32);
      ResidualEncoder fine = new ResidualEncoder(dilated.shared(), "e", image, depth, 2, stride);
      CentralDifferences.bind(strided, Draws.of(3));
      CentralDifferences.bind(dilated, Draws.of(3));
      Tensor x = CentralDifferences.normal(List.of(1, 3, 97, 75), Draws.of(4));
      PlainMaps expected = PlainMaps.of(last(coarse, x, false).detach());
      PlainMaps found = PlainMaps.of(last(fine, x, false).detach());
      assertThat(List.of(expected.height, expected.width)).containsExactly(4, 3);
      double scale = 0;
      double furthest = 0;
      for (int c = 0; c < expected.channels; c++) {
        for (int i = 0; i < expected.height * expected.width; i++) {
          int row = i / expected.width;
          int column = i % expected.width;
          double value = expected.at(0, c, row, column);
          double other = found.at(0, c, step * row, step * column);
          scale = Math.max(scale, Math.abs(value));
          furthest = Math.max(furthest, Math.abs(value - other));
        }
      }
      assertThat(scale).isPositive();
      // Doubles, sums in another order.
      assertThat(furthest).isLessThan(1e-10 * scale);
    }
  }

  @ParameterizedTest
  @CsvSource({"288,384", "97,75", "33,32", "5,7"})
  void declaredSizesAreThoseOfTheMaps(int height, int width) {
    try (PointerScope scope = new PointerScope()) {
      for (long stride : List.of(8L, 16L, 32L)) {
        ParameterBook book = new ParameterBook(0);
        ResidualEncoder encoder =
            new ResidualEncoder(book.shared(), "e", List.of(1, height, width), 18, 1, stride);
        CentralDifferences.bind(book, Draws.of(1));
        Tensor x = CentralDifferences.normal(List.of(1, 1, height, width), Draws.of(2));
        List<Tensor> maps = Block.all(encoder.allStages().blocks(), List.of(x), false);
        for (int stage = 1; stage <= 4; stage++) {
          PackedMaps.Size size = encoder.size(stage);
          assertThat(CentralDifferences.shape(maps.get(stage - 1)))
              .containsExactly(1, (int) size.channels(), (int) size.height(), (int) size.width());
        }
      }
    }
  }

  @Test
  void wholeImagesHaveLinearHeadsOnThePooledMap() {
    NetworkPlan plan =
        Tiny.plan("resnet50", Map.of(), Tiny.threeTasks(), List.of(3, 64, 64), Map.of());
    assertThat(plan.layout().shared()).isEqualTo(23_508_032);
    // A binary task needs one output, not two.
    assertThat(plan.layout().heads()).containsExactly(4 * 2049L, 2049L, 3 * 2049L);
    NetworkPlan narrow =
        Tiny.plan("resnet50", Map.of("width", 2L), Tiny.threeTasks(), List.of(3, 33, 20), Map.of());
    try (Replica replica = Replica.of(narrow, Draws.of(1));
        PointerScope scope = new PointerScope()) {
      Tensor z = NetworkChecks.encode(replica, Tiny.batch(narrow, 2, 1, false), true);
      assertThat(CentralDifferences.shape(z)).containsExactly(2, 2 * 8 * 4);
      assertThat(CentralDifferences.shape(NetworkChecks.decode(replica, 0, z, true)))
          .containsExactly(2, 4);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void gradientsOfDilatedBottlenecks(boolean training) {
    ParameterBook book = new ParameterBook(0);
    ResidualEncoder part = new ResidualEncoder(book.shared(), "e", List.of(2, 18, 21), 50, 1, 8);
    CentralDifferences.check(book, List.of(2, 2, 18, 21), x -> last(part, x, training), 1);
  }

  @Test
  void otherDepthsAndStridesAreRefused() {
    assertThatThrownBy(() -> Rooms.plan("deeplab", Map.of("depth", 20L), 32, 32).layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network 'deeplab': option 'depth' must be one of 18, 34, 50, 101, not '20'");
    assertThatThrownBy(() -> Rooms.plan("pspnet", Map.of("stride", 4L), 32, 32).layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network 'pspnet': option 'stride' must be one of 8, 16, 32, not '4'");
  }

  private static List<Long> shapeOf(List<Parameter> parameters, String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow()
        .shape();
  }
}
