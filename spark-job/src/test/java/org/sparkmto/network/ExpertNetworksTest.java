package org.sparkmto.network;

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
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.random.Draws;

/**
 * Networks of several residual networks, and attention on one: their parameters counted, and their
 * values in loops. With the same weights the classes of LibMTL (May 2025, torch 2.4.1) gave the
 * same at width 64 and 64x64 pixels, in double, when that was tried by hand: within 3e-13 of
 * outputs up to 53 for mmoe, cgc, cross-stitch and one task of mtan-resnet, whose blocks between
 * masks LibMTL has once for all tasks.
 */
class ExpertNetworksTest {
  /** A residual network of 18 layers without its classifier, as torchvision counts. */
  private static final long RESNET18 = 11_176_512;

  /** Its fourth stage: two blocks of two convolutions, and the shortcut of the first. */
  private static final long STAGE4 = unit(256, 512, 3) + 3 * unit(512, 512, 3) + unit(256, 512, 1);

  private static final int SIDE = 64;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  private static long unit(long in, long out, long kernel) {
    return in * out * kernel * kernel + 2 * out;
  }

  private static long gate(long seen, long experts) {
    return (seen + 1) * experts;
  }

  private static ParameterLayout layout(String name, Map<String, Long> options) {
    return Tiny.plan(name, options, Tiny.threeTasks(), List.of(3, SIDE, SIDE), Map.of()).layout();
  }

  @Test
  void mixturesHaveTheParametersOfTheirExpertsAndGates() {
    long image = 3L * SIDE * SIDE;
    ParameterLayout mmoe = layout("mmoe", Map.of());
    assertThat(mmoe.shared()).isEqualTo(3 * RESNET18);
    assertThat(mmoe.heads())
        .containsExactly(gate(image, 3) + 513 * 4, gate(image, 3) + 513, gate(image, 3) + 513 * 3);
    ParameterLayout cgc = layout("cgc", Map.of("experts", 2L, "own-experts", 2L));
    assertThat(cgc.shared()).isEqualTo(2 * RESNET18);
    assertThat(cgc.heads().get(1)).isEqualTo(2 * RESNET18 + gate(image, 4) + 513);
  }

  @Test
  void crossStitchHasANetworkForEachTaskAndThreeUnits() {
    ParameterLayout layout = layout("cross-stitch", Map.of());
    assertThat(layout.shared()).isEqualTo(3 * (RESNET18 - STAGE4) + 2 * 9);
    assertThat(layout.heads())
        .containsExactly(STAGE4 + 3 + 513 * 4, STAGE4 + 3 + 513, STAGE4 + 3 + 513 * 3);
  }

  @Test
  void extractionHasExpertsAndGatesOnEveryLevel() {
    ParameterLayout layout = layout("ple", Map.of("experts", 2L));
    // 64x64 pixels become maps of 16x16, 16x16, 8x8 and 4x4 places.
    long[] seen = {3 * 64 * 64, 64 * 16 * 16, 64 * 16 * 16, 128 * 8 * 8};
    long gates = 0;
    for (long size : seen) {
      gates += 3 * gate(size, 3) + gate(size, 5);
    }
    assertThat(layout.shared()).isEqualTo(2 * RESNET18 + 3 * (RESNET18 - STAGE4) + gates);
    assertThat(layout.heads().get(1)).isEqualTo(STAGE4 + gate(256 * 4 * 4, 3) + 513);
  }

  /** Masks of two 1x1 convolutions with bias, and basic blocks that widen between them. */
  @Test
  void attentionHasMasksAndBlocksBetweenThem() {
    ParameterLayout layout = layout("mtan-resnet", Map.of());
    assertThat(layout.shared()).isEqualTo(RESNET18);
    long own = NetworkChecks.normalised(64, 64, 1) + NetworkChecks.normalised(64, 64, 1);
    for (long here = 64; here < 512; here *= 2) {
      long next = 2 * here;
      own += unit(here, next, 3) + unit(next, next, 3) + unit(here, next, 1);
      own += NetworkChecks.normalised(2 * next, next, 1) + NetworkChecks.normalised(next, next, 1);
    }
    assertThat(layout.heads()).containsExactly(own + 513 * 4, own + 513, own + 513 * 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mmoe", "cgc", "ple", "cross-stitch", "mtan-resnet"})
  void valuesAreThoseOfPlainLoops(String name) {
    NetworkShape shape =
        new NetworkShape(
            List.of(new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, 40, 33))),
            List.of(
                new NetworkShape.Head("depth", 1, 40, 33), new NetworkShape.Head("age", 2, 0, 0)));
    ParameterBook book = new ParameterBook(2);
    Map<String, Long> options =
        List.of("cross-stitch", "mtan-resnet").contains(name)
            ? Map.of("width", 1L, "features", 2L)
            : Map.of("width", 1L, "features", 2L, "experts", 2L);
    Network network =
        Architectures.known()
            .entry(name)
            .make(Map.of())
            .build(shape, Architectures.known().entry(name).read(options), book);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      CentralDifferences.bind(book, Draws.of(5));
      Tensor image = CentralDifferences.normal(List.of(2, 3, 40, 33), Draws.of(6));
      Tensor z = network.encode(List.of(image), true);
      Loops loops = new Loops(new PlainNetwork(book, true), book);
      PlainMaps x = PlainMaps.of(image);
      List<PlainMaps> last =
          switch (name) {
            case "mmoe", "cgc" -> loops.mixture(x, name.equals("cgc"));
            case "ple" -> loops.extraction(x);
            case "mtan-resnet" -> loops.attended(x);
            default -> loops.stitched(x);
          };
      PlainMaps pyramid = loops.plain.atrousPyramid(last.get(0), "heads.depth.0", 3, 6, 9);
      PlainMaps depth =
          loops.plain.convolution(
              loops.plain.listed(pyramid, "heads.depth", 1, 1), "heads.depth.4", 1, 1);
      assertThat(PlainMaps.numbers(network.decode(0, z, true)))
          .containsExactly(depth.sized(40, 33).values(), Offset.offset(1e-9));
      assertThat(PlainMaps.numbers(network.decode(1, z, true)))
          .containsExactly(
              loops.plain.linear(last.get(1).means(1, 1), "heads.age"), Offset.offset(1e-9));
    }
  }

  /** The networks once more, from their definitions; for two tasks, what their heads read. */
  private record Loops(PlainNetwork plain, ParameterBook book) {
    private static final List<String> TASKS = List.of("depth", "age");

    PlainMaps stage(PlainMaps x, String name, int stage) {
      if (stage == 0) {
        return plain.stem(x, name);
      }
      String layer = name + ".layer" + stage;
      int stride = stage == 1 ? 1 : 2;
      return plain.basicBlock(
          plain.basicBlock(x, layer + ".0", stride, 1, 1), layer + ".1", 1, 1, 1);
    }

    PlainMaps whole(PlainMaps x, String name) {
      PlainMaps map = x;
      for (int stage = 0; stage <= 4; stage++) {
        map = stage(map, name, stage);
      }
      return map;
    }

    /** Shares by the softmax of a linear layer on all numbers that the gate sees. */
    PlainMaps gated(PlainMaps seen, String gate, List<PlainMaps> maps) {
      PlainMaps flat = new PlainMaps(seen.samples, seen.channels * seen.height * seen.width, 1, 1);
      double[] logits = plain.linear(flat.with(seen.values()), gate);
      PlainMaps sum = null;
      for (int expert = 0; expert < maps.size(); expert++) {
        PlainMaps map = maps.get(expert);
        double[] values = map.values();
        int size = values.length / map.samples;
        for (int sample = 0; sample < map.samples; sample++) {
          double total = 0;
          for (int other = 0; other < maps.size(); other++) {
            total += Math.exp(logits[sample * maps.size() + other]);
          }
          double share = Math.exp(logits[sample * maps.size() + expert]) / total;
          for (int i = 0; i < size; i++) {
            values[sample * size + i] *= share;
          }
        }
        PlainMaps part = map.with(values);
        sum = sum == null ? part : sum.plus(part);
      }
      return sum;
    }

    List<PlainMaps> mixture(PlainMaps image, boolean own) {
      List<PlainMaps> mixed = new ArrayList<>();
      for (String task : TASKS) {
        List<PlainMaps> maps =
            new ArrayList<>(List.of(whole(image, "encoder.0"), whole(image, "encoder.1")));
        if (own) {
          maps.add(whole(image, "heads." + task + ".experts.0"));
        }
        mixed.add(gated(image, "heads." + task + ".gate", maps));
      }
      return mixed;
    }

    List<PlainMaps> extraction(PlainMaps image) {
      List<PlainMaps> mine = List.of(image, image);
      PlainMaps common = image;
      for (int level = 0; level <= 4; level++) {
        List<PlainMaps> shared =
            List.of(
                stage(common, "encoder.shared.0", level), stage(common, "encoder.shared.1", level));
        List<PlainMaps> all = new ArrayList<>(shared);
        List<PlainMaps> next = new ArrayList<>();
        for (int task = 0; task < 2; task++) {
          String name = TASKS.get(task);
          boolean last = level == 4;
          PlainMaps own =
              stage(
                  mine.get(task),
                  last ? "heads." + name + ".experts.0" : "encoder.tasks." + name + ".0",
                  level);
          all.add(own);
          List<PlainMaps> both = new ArrayList<>(shared);
          both.add(own);
          String gate =
              last ? "heads." + name + ".gate" : "encoder.gates." + level + ".tasks." + name;
          next.add(gated(mine.get(task), gate, both));
        }
        if (level < 4) {
          common = gated(common, "encoder.gates." + level + ".shared", all);
        }
        mine = next;
      }
      return mine;
    }

    List<PlainMaps> attended(PlainMaps image) {
      List<PlainMaps> left = new ArrayList<>();
      for (String task : TASKS) {
        PlainMaps x = plain.stem(image, "encoder");
        PlainMaps mine = null;
        for (int stage = 1; stage <= 4; stage++) {
          String layer = "encoder.layer" + stage;
          PlainMaps first = plain.basicBlock(x, layer + ".0", stage == 1 ? 1 : 2, 1, 1);
          x = plain.basicBlock(first, layer + ".1", 1, 1, 1);
          String mask = "heads." + task + ".encoder_att." + (stage - 1);
          // 40x33 pixels become maps of 10x9, 5x5, 3x3 and 2x2 places: a side is always odd.
          PlainMaps seen = mine == null ? first : first.beside(mine.greatestOfThree());
          mine = plain.mask(seen, mask).times(x);
          if (stage < 4) {
            String block = "heads." + task + ".encoder_block_att." + (stage - 1);
            mine = plain.basicBlock(mine, block, 1, 1, 1);
          }
        }
        left.add(mine);
      }
      return left;
    }

    List<PlainMaps> stitched(PlainMaps image) {
      List<PlainMaps> maps = new ArrayList<>();
      for (String task : TASKS) {
        maps.add(stage(stage(image, "encoder." + task, 0), "encoder." + task, 1));
      }
      for (int stage = 2; stage <= 4; stage++) {
        List<PlainMaps> next = new ArrayList<>();
        for (int task = 0; task < 2; task++) {
          String name = TASKS.get(task);
          String unit =
              stage == 4 ? "heads." + name + ".unit" : "encoder_units." + (stage - 1) + "." + task;
          PlainMaps sum = scaled(maps.get(0), unit + ".0").plus(scaled(maps.get(1), unit + ".1"));
          next.add(stage(sum, (stage == 4 ? "heads." : "encoder.") + name, stage));
        }
        maps = next;
      }
      return maps;
    }

    private PlainMaps scaled(PlainMaps map, String name) {
      double share =
          Tiny.parameters(book).stream()
              .filter(parameter -> parameter.name().equals(name + ".weight"))
              .mapToDouble(parameter -> PlainMaps.numbers(parameter.tensor())[0])
              .findFirst()
              .orElseThrow();
      double[] values = map.values();
      for (int i = 0; i < values.length; i++) {
        values[i] *= share;
      }
      return map.with(values);
    }
  }
}
