package org.sparkmto.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.network.CentralDifferences;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkChecks;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.PlainMaps;
import org.sparkmto.network.PlainNetwork;
import org.sparkmto.network.Replica;
import org.sparkmto.network.Rooms;
import org.sparkmto.options.Options;
import org.sparkmto.random.Draws;

class MtanTest {
  private static final int[] CHANNELS = {64, 128, 256, 512, 512};

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void hasTheParametersOfThePublishedNetworkButForTheConvolutionsBehindMasks() {
    long masks =
        NetworkChecks.normalised(64, 64, 1)
            + NetworkChecks.normalised(64, 64, 1)
            + NetworkChecks.normalised(128, 64, 1)
            + NetworkChecks.normalised(64, 64, 1);
    long behind = 2 * NetworkChecks.normalised(512, 512, 3);
    for (int i = 0; i < 4; i++) {
      int above = CHANNELS[i];
      int here = CHANNELS[i + 1];
      masks +=
          NetworkChecks.normalised(2L * here, here, 1)
              + NetworkChecks.normalised(here, here, 1)
              + NetworkChecks.normalised(here + above, above, 1)
              + NetworkChecks.normalised(above, above, 1);
      behind += NetworkChecks.normalised(above, here, 3);
    }
    behind += NetworkChecks.normalised(64, 64, 3);
    for (int i = 0; i < 3; i++) {
      behind += NetworkChecks.normalised(CHANNELS[i + 1], CHANNELS[i], 3);
    }
    ParameterLayout layout = Rooms.plan("mtan", Map.of(), 13, 64, 64).layout();
    assertThat(layout.shared()).isEqualTo(SegnetTest.sharedParameters());
    assertThat(layout.heads())
        .containsExactly(
            masks + behind + SegnetTest.head(13),
            masks + behind + SegnetTest.head(1),
            masks + behind + SegnetTest.head(3));
    assertThat(layout.total()).isEqualTo(64_669_393);
    assertThat(masks).isEqualTo(2_984_576);
    assertThat(behind).isEqualTo(10_220_160);
    // The paper's table: 1.77 times the network of one task.
    long published = layout.total() - 2 * behind;
    assertThat(published).isEqualTo(44_229_073);
    assertThat(published / 24_981_069.0).isCloseTo(1.77, Offset.offset(0.005));
  }

  @ParameterizedTest
  @CsvSource({"32,32", "45,67"})
  void answersForEveryPixelOfImagesOfAnySize(int height, int width) {
    NetworkPlan plan = Rooms.plan("mtan", Map.of("width", 2L), height, width);
    try (Replica replica = Replica.of(plan, Draws.of(1))) {
      assertThat(replica.predict(Rooms.batch(plan, 2, 1)))
          .map(values -> values.length)
          .containsExactly(
              2 * Rooms.CLASSES * height * width, 2 * height * width, 2 * 3 * height * width);
    }
  }

  @Test
  void representationHolds460NumbersForAPixelAtFullWidth() {
    NetworkShape shape = shape(64, 96);
    SegnetTrunk trunk =
        new SegnetTrunk(shape, Mtan.ENTRY.read(Map.of()), new ParameterBook(1), true);
    assertThat(new PackedMaps(trunk.allMaps().sizes()).elements()).isEqualTo(460 * 64 * 96);
  }

  /** One task's whole way through masks and blocks, in plain loops. */
  @Test
  void attentionIsThatOfPlainLoops() {
    int height = 33;
    int width = 32;
    ParameterBook book = new ParameterBook(2);
    NetworkShape shape =
        new NetworkShape(
            shape(height, width).inputs(),
            List.of(
                new NetworkShape.Head("depth", 1, height, width),
                new NetworkShape.Head("age", 2, 0, 0)));
    Options options = Mtan.ENTRY.read(Map.of("width", 1L));
    Network network = new Mtan().build(shape, options, book);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      CentralDifferences.bind(book, Draws.of(5));
      Tensor image = CentralDifferences.normal(List.of(2, 3, height, width), Draws.of(6));
      SegnetTrunk trunk = new SegnetTrunk(shape, options, new ParameterBook(2), true);
      PackedMaps packed = new PackedMaps(trunk.allMaps().sizes());
      Tensor z = network.encode(List.of(image), true);
      SegnetTrunk.Features shared = SegnetTrunk.features(packed.maps(z));
      PlainNetwork plain = new PlainNetwork(book, true);
      String task = "heads.depth.";
      PlainMaps attended = encoded(plain, shared, task);
      for (int level = 4; level >= 0; level--) {
        PlainMaps unpooled = PlainMaps.of(shared.unpooled().get(level));
        PlainMaps large = attended.stretched(unpooled.height, unpooled.width);
        PlainMaps up = plain.listed(large, task + "decoder_block_att." + level, 0, 1);
        attended =
            plain
                .mask(unpooled.beside(up), task + "decoder_att." + level)
                .times(PlainMaps.of(shared.decoded().get(level)));
      }
      PlainMaps inner = plain.convolution(attended, task + "pred.0", 1, 1);
      assertThat(PlainMaps.numbers(network.decode(0, z, true)))
          .containsExactly(
              plain.convolution(inner, task + "pred.1", 1, 1).values(), Offset.offset(1e-9));

      assertThat(PlainMaps.numbers(network.decode(1, z, true)))
          .containsExactly(
              plain.linear(encoded(plain, shared, "heads.age.").means(1, 1), "heads.age"),
              Offset.offset(1e-9));
    }
  }

  private static PlainMaps encoded(PlainNetwork plain, SegnetTrunk.Features shared, String task) {
    PlainMaps attended = null;
    for (int level = 0; level < 5; level++) {
      PlainMaps first = PlainMaps.of(shared.first().get(level));
      PlainMaps seen = attended == null ? first : first.beside(attended);
      PlainMaps masked =
          plain
              .mask(seen, task + "encoder_att." + level)
              .times(PlainMaps.of(shared.last().get(level)));
      attended = plain.listed(masked, task + "encoder_block_att." + level, 0, 1).halved();
    }
    return attended;
  }

  @Test
  void wholeNetworkHasItsDerivatives() {
    NetworkChecks.differentiable(
        Rooms.only(Rooms.plan("mtan", Map.of("width", 1L), 33, 35), 1),
        List.of(List.of(2, 3, 33, 35)),
        9,
        9); // a layer has four parameters, so that each kind has its turn
  }

  @Test
  void gradientsOfBothCutsAgreeForEveryParameter() {
    NetworkPlan plan = Rooms.plan("mtan", Map.of("width", 2L), 33, 40);
    NetworkChecks.cutsAgree(plan, Rooms.batch(plan, 3, 1));
  }

  @Test
  void learnsABatch() {
    NetworkPlan plan = Rooms.plan("mtan", Map.of("width", 4L), 32, 32);
    NetworkChecks.learns(plan, Rooms.batch(plan, 2, 1), 30, 0.05, 0.9);
  }

  private static NetworkShape shape(int height, int width) {
    NetworkPlan plan = Rooms.plan("mtan", Map.of(), height, width);
    return new NetworkShape(
        plan.inputs(), new ArrayList<>(List.of(new NetworkShape.Head("depth", 1, height, width))));
  }
}
