package org.sparkmto.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.network.BatchNormalisation;
import org.sparkmto.network.Block;
import org.sparkmto.network.CentralDifferences;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkChecks;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.network.PlainMaps;
import org.sparkmto.network.PlainNetwork;
import org.sparkmto.network.Rooms;
import org.sparkmto.random.Draws;

/**
 * What the parts of networks for pixels give, against plain loops over doubles.
 *
 * <p>Both sides compute in double and differ by the order of sums alone: 1e-9 of the largest value
 * leaves room for what batch normalisation makes of roundings where a variance is small.
 */
class PlainNetworkTest {
  private static final double TOLERANCE = 1e-9;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  private interface Part {
    Tensor apply(Tensor x);
  }

  private interface Plain {
    PlainMaps apply(PlainNetwork network, PlainMaps x);
  }

  private static void compare(
      ParameterBook book, List<Integer> input, boolean training, Part part, Plain plain) {
    try (PointerScope scope = new PointerScope()) {
      Draws draws = Draws.of(11);
      CentralDifferences.bind(book, draws);
      Tensor x = CentralDifferences.normal(input, draws.of("x"));
      // First the plain one: training moves the running statistics.
      PlainMaps expected = plain.apply(new PlainNetwork(book, training), PlainMaps.of(x));
      PlainMaps found = PlainMaps.of(part.apply(x).detach());
      assertThat(List.of(found.samples, found.channels, found.height, found.width))
          .containsExactly(expected.samples, expected.channels, expected.height, expected.width);
      double scale = 0;
      for (double value : expected.values()) {
        scale = Math.max(scale, Math.abs(value));
      }
      assertThat(scale).isPositive();
      assertThat(found.values())
          .containsExactly(expected.values(), Offset.offset(TOLERANCE * scale));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "1,2,1", "3,1,1", "3,1,2", "3,1,4", "3,2,1", "3,2,2", "7,2,1"})
  void convolution(int kernel, int stride, int dilation) {
    ParameterBook book = new ParameterBook(0);
    Convolution part = Convolution.plain(book.shared(), "c", 3, 4, kernel, stride, dilation);
    compare(
        book,
        List.of(2, 3, 9, 6),
        false,
        part::apply,
        (network, x) -> network.convolution(x, "c", stride, dilation));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void batchNormalisation(boolean training) {
    ParameterBook book = new ParameterBook(0);
    BatchNormalisation part = new BatchNormalisation(book.shared(), "b", 3);
    compare(
        book,
        List.of(2, 3, 4, 5),
        training,
        x -> part.apply(x, training),
        (network, x) -> network.norm(x, "b"));
  }

  @ParameterizedTest
  @CsvSource({"13,10,6,6", "13,10,3,2", "4,5,6,6", "12,6,3,3", "7,5,1,1"})
  void adaptiveMeans(int height, int width, int rows, int columns) {
    compare(
        new ParameterBook(0),
        List.of(2, 3, height, width),
        false,
        x -> torch.adaptive_avg_pool2d(x, rows, columns),
        (network, x) -> x.means(rows, columns));
  }

  @ParameterizedTest
  @CsvSource({"13,10,97,75", "3,4,6,8", "1,1,5,7", "6,6,4,5", "9,2,9,5"})
  void bilinearInterpolation(int height, int width, int rows, int columns) {
    compare(
        new ParameterBook(0),
        List.of(2, 3, height, width),
        false,
        x -> Maps.sized(x, rows, columns),
        (network, x) -> x.sized(rows, columns));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void atrousPyramid(boolean training) {
    ParameterBook book = new ParameterBook(0);
    AtrousPyramid part = new AtrousPyramid(book.shared(), "a", 3, 4, 48);
    compare(
        book,
        List.of(3, 3, 7, 6),
        training,
        x -> part.apply(x, training),
        (network, x) -> network.atrousPyramid(x, "a", 2, 4, 6));
  }

  @Test
  void ratesOfAtrousPyramidsAreThoseOfThePaper() {
    for (int stride : List.of(8, 16)) {
      int rate = stride == 8 ? 12 : 6;
      ParameterBook book = new ParameterBook(0);
      AtrousPyramid part = new AtrousPyramid(book.shared(), "a", 1, 1, stride);
      compare(
          book,
          List.of(1, 1, 38, 40),
          false,
          x -> part.apply(x, false),
          (network, x) -> network.atrousPyramid(x, "a", rate, 2 * rate, 3 * rate));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void pyramidPooling(boolean training) {
    ParameterBook book = new ParameterBook(0);
    PyramidPooling part = new PyramidPooling(book.shared(), "p", 3, 2);
    compare(
        book,
        List.of(3, 3, 7, 10),
        training,
        x -> part.apply(x, training),
        (network, x) -> network.pyramidPooling(x, "p"));
    assertThat(part.channels()).isEqualTo(3 + 4 * 2);
  }

  /** Both heads on maps that no size of the others divides, and on a representation of maps. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void headsOnMapsOfSeveralSizes(boolean training) {
    List<PackedMaps.Size> sizes =
        List.of(
            new PackedMaps.Size(3, 7, 5),
            new PackedMaps.Size(2, 4, 3),
            new PackedMaps.Size(5, 2, 1));
    Encoder encoder =
        new Encoder() {
          @Override
          public List<PackedMaps.Size> sizes() {
            return sizes;
          }

          @Override
          public List<Integer> ends() {
            return List.of(1, 2);
          }

          @Override
          public List<Block> blocks() {
            return List.of((inputs, unused) -> mapsOf(inputs.get(0)));
          }

          private List<Tensor> mapsOf(Tensor images) {
            return List.of(
                images,
                Maps.sized(images.narrow(1, 0, 2), 4, 3),
                Maps.sized(Maps.beside(images, images.narrow(1, 1, 2)), 2, 1));
          }
        };
    NetworkShape shape =
        new NetworkShape(
            List.of(),
            List.of(
                new NetworkShape.Head("mask", 4, 13, 11), new NetworkShape.Head("age", 3, 0, 0)));
    ParameterBook book = new ParameterBook(2);
    Network network =
        EncoderWithHeads.of(
            encoder, shape, book, (section, head, z) -> new TopDownHead(section, head, z, 6));
    List<Integer> input = List.of(2, 3, 7, 5);
    Part one = x -> network.decode(0, network.encode(List.of(x), training), training);
    compare(
        book,
        input,
        training,
        one,
        (plain, x) -> plain.topDown(plainMaps(x), "heads.mask").sized(13, 11));
    try (PointerScope scope = new PointerScope()) {
      CentralDifferences.bind(book, Draws.of(11));
      Tensor x = CentralDifferences.normal(input, Draws.of(12));
      List<PlainMaps> maps = plainMaps(PlainMaps.of(x));
      PlainMaps means = maps.get(1).means(1, 1).beside(maps.get(2).means(1, 1));
      Tensor answer = network.decode(1, network.encode(List.of(x), training), training);
      assertThat(PlainMaps.numbers(answer))
          .containsExactly(
              new PlainNetwork(book, training).linear(means, "heads.age"),
              Offset.offset(TOLERANCE));
    }
  }

  /** What the encoder of that test gives: the image, two of its channels, five. */
  private static List<PlainMaps> plainMaps(PlainMaps x) {
    return List.of(x, x.channels(0, 1).sized(4, 3), x.beside(x.channels(1, 2)).sized(2, 1));
  }

  /** Strides and dilations of torchvision's stages 3 and 4, first block and the others. */
  @ParameterizedTest
  @CsvSource({
    "32, 2,1,1, 2,1,1, true",
    "32, 2,1,1, 2,1,1, false",
    "16, 2,1,1, 1,1,2, true",
    "8, 1,1,2, 1,2,4, true",
    "8, 1,1,2, 1,2,4, false"
  })
  void residualEncoderOfBottlenecks(
      int outputStride, int s3, int first3, int d3, int s4, int first4, int d4, boolean training) {
    ParameterBook book = new ParameterBook(0);
    ResidualEncoder part =
        new ResidualEncoder(book.shared(), "e", List.of(3, 41, 36), 50, 2, outputStride);
    compare(
        book,
        List.of(2, 3, 41, 36),
        training,
        x -> ResidualEncoderTest.last(part, x, training),
        (network, x) -> {
          PlainMaps y = network.stem(x, "e");
          for (int i = 0; i < 3; i++) {
            y = network.bottleneck(y, "e.layer1." + i, 1, 1);
          }
          for (int i = 0; i < 4; i++) {
            y = network.bottleneck(y, "e.layer2." + i, i == 0 ? 2 : 1, 1);
          }
          for (int i = 0; i < 6; i++) {
            y = network.bottleneck(y, "e.layer3." + i, i == 0 ? s3 : 1, i == 0 ? first3 : d3);
          }
          for (int i = 0; i < 3; i++) {
            y = network.bottleneck(y, "e.layer4." + i, i == 0 ? s4 : 1, i == 0 ? first4 : d4);
          }
          return y;
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void residualEncoderOfBasicBlocks(boolean training) {
    ParameterBook book = new ParameterBook(0);
    ResidualEncoder part = new ResidualEncoder(book.shared(), "e", List.of(3, 41, 36), 18, 2, 8);
    compare(
        book,
        List.of(2, 3, 41, 36),
        training,
        x -> ResidualEncoderTest.last(part, x, training),
        (network, x) -> {
          PlainMaps y = network.stem(x, "e");
          y = network.basicBlock(y, "e.layer1.0", 1, 1, 1);
          y = network.basicBlock(y, "e.layer1.1", 1, 1, 1);
          y = network.basicBlock(y, "e.layer2.0", 2, 1, 1);
          y = network.basicBlock(y, "e.layer2.1", 1, 1, 1);
          y = network.basicBlock(y, "e.layer3.0", 1, 1, 2);
          y = network.basicBlock(y, "e.layer3.1", 1, 2, 2);
          y = network.basicBlock(y, "e.layer4.0", 1, 2, 4);
          return network.basicBlock(y, "e.layer4.1", 1, 4, 4);
        });
  }

  /** The whole network, on sizes that no stride divides. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void highResolutionNetwork(boolean training) {
    NetworkChecks.Declared declared =
        NetworkChecks.Declared.of(Rooms.plan("hrnet18", Map.of("width", 2L, "blocks", 2L), 35, 42));
    compare(
        declared.book(),
        List.of(2, 3, 35, 42),
        training,
        x -> {
          Tensor z = declared.network().encode(List.of(x), training);
          return declared.network().decode(1, z, training);
        },
        (network, x) ->
            network.highResolution(x, "encoder", "heads.depth.last_layer").sized(35, 42));
  }
}
