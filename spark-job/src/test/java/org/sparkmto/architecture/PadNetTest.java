package org.sparkmto.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.network.CentralDifferences;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.EarlyAnswers;
import org.sparkmto.network.Network;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.PlainMaps;
import org.sparkmto.network.PlainNetwork;
import org.sparkmto.network.Rooms;
import org.sparkmto.random.Draws;

class PadNetTest {
  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  private static long unit(long in, long out, long kernel) {
    return in * out * kernel * kernel + 2 * out;
  }

  private static long bottleneck(long in, long out) {
    long mid = out / 4;
    return unit(in, mid, 1)
        + unit(mid, mid, 3)
        + unit(mid, out, 1)
        + (in == out ? 0 : unit(in, out, 1));
  }

  /** 13, 1 and 3 outputs; the authors count 9,562,260 parameters of the encoder. */
  @Test
  void hasTheEncoderRefinementsAndWhatEachTaskTakesOfTheOthers() {
    ParameterLayout layout = Rooms.plan("pad-net", Map.of(), 13, 64, 64).layout();
    long seen = 18 + 36 + 72 + 144;
    assertThat(layout.shared())
        .isEqualTo(9_562_260 + 3 * (bottleneck(seen, 256) + bottleneck(256, 256)));
    long own = 2 * 2 * 9 * 256 * 256 + 2 * bottleneck(256, 256);
    assertThat(layout.heads())
        .containsExactly(own + 2 * 257 * 13, own + 2 * 257, own + 2 * 257 * 3);
  }

  @Test
  void headsAreThoseOfPlainLoops() {
    NetworkShape shape =
        new NetworkShape(
            List.of(new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 35, 40))),
            List.of(
                new NetworkShape.Head("depth", 1, 35, 40),
                new NetworkShape.Head("age", 2, 0, 0),
                new NetworkShape.Head("classes", 3, 35, 40)));
    ParameterBook book = new ParameterBook(3);
    Network network =
        new PadNet()
            .build(
                shape, PadNet.ENTRY.read(Map.of("width", 1L, "blocks", 2L, "features", 2L)), book);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      CentralDifferences.bind(book, Draws.of(5));
      Tensor image = CentralDifferences.normal(List.of(2, 3, 35, 40), Draws.of(6));
      Tensor z = network.encode(List.of(image), true);
      PackedMaps.Size refined = new PackedMaps.Size(8, 9, 10);
      List<PlainMaps> maps =
          new PackedMaps(List.of(refined, refined, refined))
              .maps(z).stream().map(PlainMaps::of).toList();
      PlainNetwork plain = new PlainNetwork(book, true);

      PlainMaps depth = distilled(plain, maps, "depth", 0, "age", 1, "classes", 2);
      assertThat(PlainMaps.numbers(network.decode(0, z, true)))
          .containsExactly(
              plain.convolution(depth, "heads.depth.conv_out", 1, 1).sized(35, 40).values(),
              Offset.offset(1e-9));
      PlainMaps age = distilled(plain, maps, "age", 1, "depth", 0, "classes", 2);
      assertThat(PlainMaps.numbers(network.decode(1, z, true)))
          .containsExactly(
              plain.linear(age.means(1, 1), "heads.age.conv_out"), Offset.offset(1e-9));
      assertThat(PlainMaps.numbers(network.early(2, z, true).get(0)))
          .containsExactly(
              plain
                  .convolution(maps.get(2), "heads.classes.initial.conv_out", 1, 1)
                  .sized(35, 40)
                  .values(),
              Offset.offset(1e-9));
      assertThat(PlainMaps.numbers(network.early(1, z, true).get(0)))
          .containsExactly(
              plain.linear(maps.get(1).means(1, 1), "heads.age.initial.conv_out"),
              Offset.offset(1e-9));
    }
  }

  private static PlainMaps distilled(
      PlainNetwork plain,
      List<PlainMaps> maps,
      String task,
      int own,
      String one,
      int first,
      String other,
      int second) {
    String name = "heads." + task;
    PlainMaps sum =
        maps.get(own)
            .plus(told(plain, maps.get(first), name + ".distillation." + one))
            .plus(told(plain, maps.get(second), name + ".distillation." + other));
    return plain.bottleneck(plain.bottleneck(sum, name + ".0", 1, 1), name + ".1", 1, 1);
  }

  private static PlainMaps told(PlainNetwork plain, PlainMaps map, String name) {
    return plain
        .convolution(map, name + ".attention", 1, 1)
        .sigmoid()
        .times(plain.convolution(map, name + ".conv", 1, 1));
  }

  /** Of a training step: what evaluation says of the outputs, and of the first answers. */
  @Test
  void theLossOfATaskIsThatOfItsFirstAnswerAndOfItsOutputs() {
    NetworkPlan plan =
        Rooms.plan("pad-net", Map.of("width", 1L, "blocks", 2L, "features", 1L), 33, 34);
    EarlyAnswers.assertLossIsOfAll(plan, 1);
  }
}
