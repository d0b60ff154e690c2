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
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.network.Block;
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

class MtiNetTest {
  private static final Offset<Double> ROUNDING = Offset.offset(1e-9);

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  /**
   * As many as the authors' program has, at commit ed3d9ac of their repository and made there with
   * tasks of 13, 1 and 3 outputs: 5,573,466 in its modules of all tasks, and by task what is of
   * that task alone. HRNet-18 is its W18-Small-v2.
   */
  @Test
  void hasAsManyParametersAsTheAuthorsProgram() {
    ParameterLayout layout = Rooms.plan("mti-net", Map.of("blocks", 2L), 13, 64, 64).layout();
    assertThat(layout.shared()).isEqualTo(3_860_720 + 5_573_466);
    assertThat(layout.heads()).containsExactly(1_072_235L, 1_065_695L, 1_066_785L);
  }

  @Test
  void scalesAndHeadsAreThoseOfPlainLoops() {
    NetworkShape shape =
        new NetworkShape(
            List.of(new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 35, 40))),
            List.of(
                new NetworkShape.Head("depth", 1, 35, 40),
                new NetworkShape.Head("age", 2, 0, 0),
                new NetworkShape.Head("classes", 3, 35, 40)));
    List<String> names = List.of("depth", "age", "classes");
    ParameterBook book = new ParameterBook(3);
    Network network =
        new MtiNet().build(shape, MtiNet.ENTRY.read(Map.of("width", 2L, "blocks", 2L)), book);
    assertThat(network.heuristicRepresentation()).isTrue();
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      CentralDifferences.bind(book, Draws.of(5));
      PlainNetwork plain = new PlainNetwork(book, true);
      Tensor image = CentralDifferences.normal(List.of(2, 3, 35, 40), Draws.of(6));
      List<Block> trunk = network.blocks().subList(0, network.blocks().size() - 1);
      List<PlainMaps> seen =
          Block.all(trunk, List.of(image), true).stream().map(PlainMaps::of).toList();
      List<List<PlainMaps>> refined = new ArrayList<>();
      List<PlainMaps> passed = List.of();
      for (int scale = 3; scale >= 0; scale--) {
        List<PlainMaps> ofTasks = new ArrayList<>();
        for (int task = 0; task < 3; task++) {
          PlainMaps x = seen.get(scale);
          if (scale < 3) {
            x = x.beside(passed.get(task).sized(x.height, x.width));
          }
          String name = "scale_" + scale + ".refinement." + names.get(task);
          ofTasks.add(
              plain.basicBlock(plain.basicBlock(x, name + ".0", 1, 1, 1), name + ".1", 1, 1, 1));
        }
        refined.add(0, ofTasks);
        passed = scale == 0 ? List.of() : passed(plain, ofTasks, "fpm_scale_" + scale, names);
      }

      Tensor z = network.encode(List.of(image), true);
      List<PackedMaps.Size> sizes = new ArrayList<>();
      List<PlainMaps> wanted = new ArrayList<>();
      refined.forEach(
          ofTasks ->
              ofTasks.forEach(
                  map -> {
                    sizes.add(new PackedMaps.Size(map.channels, map.height, map.width));
                    wanted.add(map);
                  }));
      List<Tensor> found = new PackedMaps(sizes).maps(z);
      for (int map = 0; map < 12; map++) {
        assertThat(PlainMaps.numbers(found.get(map)))
            .containsExactly(wanted.get(map).values(), ROUNDING);
      }

      List<PlainMaps> classes = distilled(plain, refined, names, 2);
      PlainMaps all = classes.get(0);
      for (PlainMaps map : classes.subList(1, 4)) {
        all = all.beside(map.sized(all.height, all.width));
      }
      assertThat(PlainMaps.numbers(network.decode(2, z, true)))
          .containsExactly(
              plain
                  .convolution(
                      plain.listed(all, "heads.classes.last_layer", 0, 1),
                      "heads.classes.last_layer.3",
                      1,
                      1)
                  .sized(35, 40)
                  .values(),
              ROUNDING);
      PlainMaps means = null;
      for (PlainMaps map : distilled(plain, refined, names, 1)) {
        means = means == null ? map.means(1, 1) : means.beside(map.means(1, 1));
      }
      assertThat(PlainMaps.numbers(network.decode(1, z, true)))
          .containsExactly(plain.linear(means, "heads.age.last_layer"), ROUNDING);
      List<Tensor> early = network.early(0, z, true);
      assertThat(early).hasSize(4);
      for (int scale = 0; scale < 4; scale++) {
        assertThat(PlainMaps.numbers(early.get(scale)))
            .containsExactly(
                plain
                    .convolution(
                        refined.get(scale).get(0), "heads.depth.scale_" + scale + ".conv_out", 1, 1)
                    .sized(35, 40)
                    .values(),
                ROUNDING);
      }
    }
  }

  /** What tasks pass on: the softmax over tasks is written out element by element. */
  private static List<PlainMaps> passed(
      PlainNetwork plain, List<PlainMaps> maps, String name, List<String> names) {
    PlainMaps all = maps.get(0).beside(maps.get(1)).beside(maps.get(2));
    PlainMaps x =
        plain.convolution(
            plain.basicBlock(
                plain.basicBlock(all, name + ".non_linear.0", 1, 1, 1),
                name + ".non_linear.1",
                1,
                1,
                1),
            name + ".non_linear.2",
            1,
            1);
    int places = all.height * all.width;
    int ofTask = maps.get(0).channels * places;
    double[] exponents = x.values();
    double[] left = all.values().clone();
    for (int i = 0; i < left.length; i++) {
      int sample = i / (3 * ofTask);
      int element = i % ofTask;
      double sum = 0;
      for (int task = 0; task < 3; task++) {
        sum += Math.exp(exponents[(3 * sample + task) * ofTask + element]);
      }
      left[i] *= Math.exp(exponents[i]) / sum;
    }
    PlainMaps one = plain.basicBlock(all.with(left), name + ".dimensionality_reduction", 1, 1, 1);
    List<PlainMaps> passed = new ArrayList<>();
    for (int task = 0; task < 3; task++) {
      String squeeze = name + ".se." + names.get(task) + ".squeeze";
      double[] inner = plain.linear(one.means(1, 1), squeeze + ".0");
      PlainMaps squeezed = new PlainMaps(2, inner.length / 2, 1, 1).with(inner).rectified();
      double[] weights = plain.linear(squeezed, squeeze + ".2");
      double[] weighed = one.values().clone();
      for (int i = 0; i < weighed.length; i++) {
        weighed[i] /= 1 + Math.exp(-weights[i / places]);
      }
      passed.add(one.with(weighed).plus(maps.get(task)));
    }
    return passed;
  }

  private static List<PlainMaps> distilled(
      PlainNetwork plain, List<List<PlainMaps>> refined, List<String> names, int task) {
    List<PlainMaps> all = new ArrayList<>();
    for (int scale = 0; scale < 4; scale++) {
      PlainMaps sum = refined.get(scale).get(task);
      for (int other = 0; other < 3; other++) {
        if (other != task) {
          PlainMaps map = refined.get(scale).get(other);
          String name =
              "heads." + names.get(task) + ".scale_" + scale + ".distillation." + names.get(other);
          sum =
              sum.plus(
                  plain
                      .convolution(map, name + ".attention", 1, 1)
                      .sigmoid()
                      .times(plain.convolution(map, name + ".conv", 1, 1)));
        }
      }
      all.add(sum);
    }
    return all;
  }

  /** Of a training step: what evaluation says of the outputs, and of the answers at four scales. */
  @Test
  void theLossOfATaskIsThatOfItsFourAnswersAndOfItsOutputs() {
    NetworkPlan plan = Rooms.plan("mti-net", Map.of("width", 1L, "blocks", 2L), 33, 34);
    EarlyAnswers.assertLossIsOfAll(plan, 4);
  }
}
