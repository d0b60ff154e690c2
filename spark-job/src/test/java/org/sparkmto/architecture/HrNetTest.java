package org.sparkmto.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Batch;
import org.sparkmto.network.CentralDifferences;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.NetworkChecks;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Parameter;
import org.sparkmto.network.ParameterBook;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.Replica;
import org.sparkmto.network.Rooms;
import org.sparkmto.network.Tiny;
import org.sparkmto.random.Draws;

class HrNetTest {
  private static final Map<String, Long> SMALL = Map.of("width", 2L, "blocks", 2L);

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  /** A convolution without bias and the two numbers per channel of its normalisation. */
  private static long plain(long in, long out, long kernel) {
    return kernel * kernel * in * out + 2 * out;
  }

  private static long bottleneck(long in, long mid) {
    long shortcut = in == 4 * mid ? 0 : plain(in, 4 * mid, 1);
    return plain(in, mid, 1) + plain(mid, mid, 3) + plain(mid, 4 * mid, 1) + shortcut;
  }

  /** The first stage and the sums written out for two, three and four maps of c channels. */
  private static long backbone(long c, long blocks, long thirdModules, long fourthModules) {
    long stem = plain(3, 64, 3) + plain(64, 64, 3);
    long first = bottleneck(64, 64) + (blocks - 1) * bottleneck(256, 64);
    long transitions =
        plain(256, c, 3) + plain(256, 2 * c, 3) + plain(2 * c, 4 * c, 3) + plain(4 * c, 8 * c, 3);
    // What a map adds to a module: its own blocks, and the ways to and from the finer ones.
    long finest = 2 * blocks * plain(c, c, 3);
    long second = 2 * blocks * plain(2 * c, 2 * c, 3) + plain(2 * c, c, 1) + plain(c, 2 * c, 3);
    long third =
        2 * blocks * plain(4 * c, 4 * c, 3)
            + plain(4 * c, c, 1)
            + plain(4 * c, 2 * c, 1)
            + plain(c, c, 3)
            + plain(c, 4 * c, 3)
            + plain(2 * c, 4 * c, 3);
    long fourth =
        2 * blocks * plain(8 * c, 8 * c, 3)
            + plain(8 * c, c, 1)
            + plain(8 * c, 2 * c, 1)
            + plain(8 * c, 4 * c, 1)
            + 2 * plain(c, c, 3)
            + plain(c, 8 * c, 3)
            + plain(2 * c, 2 * c, 3)
            + plain(2 * c, 8 * c, 3)
            + plain(4 * c, 8 * c, 3);
    long two = finest + second;
    long three = two + third;
    return stem
        + first
        + transitions
        + two
        + thirdModules * three
        + fourthModules * (three + fourth);
  }

  /** The published counts are of classifiers: 21.3 M for W18, 15.6 M for W18-Small-v2. */
  @ParameterizedTest
  @CsvSource({"4,4,3,21299004,21.3", "2,3,2,15597464,15.6"})
  void hasAsManyParametersAsTheAuthors(
      long blocks, long third, long fourth, long classifier, double millions) {
    long head = 0;
    List<Long> widened = List.of(32L, 64L, 128L, 256L);
    for (int i = 0; i < 4; i++) {
      head += bottleneck(18L << i, widened.get(i));
    }
    for (long channels : List.of(128L, 256L, 512L)) {
      head += plain(channels, 2 * channels, 3) + 2 * channels; // with a bias
    }
    head += plain(1024, 2048, 1) + 2048 + 2049 * 1000;
    long backbone = backbone(18, blocks, third, fourth);
    assertThat(backbone + head).isEqualTo(classifier);
    assertThat(Math.round(classifier / 1e5) / 10.0).isEqualTo(millions);

    ParameterLayout layout = Rooms.plan("hrnet18", Map.of("blocks", blocks), 288, 384).layout();
    assertThat(layout.shared()).isEqualTo(backbone);
    // 18 + 36 + 72 + 144 = 270 channels side by side.
    long inner = 270 * 270 + 3 * 270;
    assertThat(layout.heads())
        .containsExactly(inner + 271 * Rooms.CLASSES, inner + 271, inner + 271 * 3);
    assertThat(layout.entries().stream().limit(layout.entries().size() - 18))
        .allMatch(entry -> entry.name().startsWith("encoder."));
  }

  @Test
  void widthScalesTheBranches() {
    assertThat(Rooms.plan("hrnet18", Map.of("width", 32L), 64, 64).layout().shared())
        .isEqualTo(backbone(32, 4, 4, 3));
  }

  @Test
  void hasTheNamesAndShapesOfTheAuthors() {
    ParameterBook book = NetworkChecks.Declared.of(Rooms.plan("hrnet18", Map.of(), 64, 64)).book();
    Map<String, List<Long>> shapes =
        book.sharedParameters().stream()
            .collect(java.util.stream.Collectors.toMap(Parameter::name, Parameter::shape));
    assertThat(shapes)
        .containsEntry("encoder.conv1.weight", List.of(64L, 3L, 3L, 3L))
        .containsEntry("encoder.conv2.weight", List.of(64L, 64L, 3L, 3L))
        .containsEntry("encoder.bn2.bias", List.of(64L))
        .containsEntry("encoder.layer1.0.conv3.weight", List.of(256L, 64L, 1L, 1L))
        .containsEntry("encoder.layer1.0.downsample.0.weight", List.of(256L, 64L, 1L, 1L))
        .containsEntry("encoder.layer1.3.bn3.weight", List.of(256L))
        .containsEntry("encoder.transition1.0.0.weight", List.of(18L, 256L, 3L, 3L))
        .containsEntry("encoder.transition1.0.1.weight", List.of(18L))
        .containsEntry("encoder.transition1.1.0.0.weight", List.of(36L, 256L, 3L, 3L))
        .containsEntry("encoder.transition2.2.0.0.weight", List.of(72L, 36L, 3L, 3L))
        .containsEntry("encoder.transition3.3.0.1.bias", List.of(144L))
        .containsEntry("encoder.stage2.0.branches.0.0.conv1.weight", List.of(18L, 18L, 3L, 3L))
        .containsEntry("encoder.stage2.0.fuse_layers.0.1.0.weight", List.of(18L, 36L, 1L, 1L))
        .containsEntry("encoder.stage2.0.fuse_layers.0.1.1.bias", List.of(18L))
        .containsEntry("encoder.stage2.0.fuse_layers.1.0.0.0.weight", List.of(36L, 18L, 3L, 3L))
        .containsEntry("encoder.stage3.3.fuse_layers.2.0.0.0.weight", List.of(18L, 18L, 3L, 3L))
        .containsEntry("encoder.stage3.3.fuse_layers.2.0.1.0.weight", List.of(72L, 18L, 3L, 3L))
        .containsEntry("encoder.stage4.2.branches.3.3.bn2.weight", List.of(144L))
        .containsEntry("encoder.stage4.2.fuse_layers.3.0.2.1.weight", List.of(144L))
        .doesNotContainKey("encoder.transition2.0.0.weight")
        .doesNotContainKey("encoder.stage2.0.fuse_layers.0.0.0.weight");
    // Convolutions: the stem, four bottlenecks and a shortcut, four transitions; a module has two
    // for each block, and for each pair of its n maps one up and the distance down: 2, 7 and 16.
    int convolutions = 2 + 4 * 3 + 1 + 4 + (16 + 2) + 4 * (24 + 3 + 4) + 3 * (32 + 6 + 10);
    assertThat(book.sharedParameters()).hasSize(3 * convolutions);
    assertThat(book.buffers().stream().filter(buffer -> buffer.name().startsWith("encoder.")))
        .hasSize(2 * convolutions);
    assertThat(new TreeSet<>(shapes.keySet())).allMatch(name -> name.startsWith("encoder."));
  }

  @ParameterizedTest
  @CsvSource({"96,64", "97,75", "32,32", "33,42"})
  void representationPacksTheFourMaps(int height, int width) {
    NetworkPlan plan = Rooms.plan("hrnet18", SMALL, height, width);
    int elements = 0;
    int rows = (height + 1) / 2;
    int columns = (width + 1) / 2;
    for (int map = 0; map < 4; map++) {
      rows = (rows + 1) / 2;
      columns = (columns + 1) / 2;
      elements += (2 << map) * rows * columns;
    }
    try (Replica replica = Replica.of(plan, Draws.of(1));
        PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor z = NetworkChecks.encode(replica, Rooms.batch(plan, 2, 1), false);
      assertThat(CentralDifferences.shape(z)).containsExactly(2, elements);
      List<Integer> outputs = List.of(Rooms.CLASSES, 1, 3);
      for (int task = 0; task < 3; task++) {
        Tensor y = NetworkChecks.decode(replica, task, z, false);
        assertThat(CentralDifferences.shape(y))
            .containsExactly(2, outputs.get(task), height, width);
        assertThat(y.isfinite().all().item_bool()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"31,64", "64,31"})
  void smallImagesAreRefused(int height, int width) {
    assertThatThrownBy(() -> Rooms.plan("hrnet18", SMALL, height, width).layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "an image of "
                + height
                + " x "
                + width
                + " is too small for HRNet, which halves it five times: 32 x 32 at least");
  }

  @Test
  void otherNetworksAreRefused() {
    assertThatThrownBy(() -> Rooms.plan("hrnet18", Map.of("blocks", 3L), 64, 64).layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network 'hrnet18': option 'blocks' must be one of 2, 4, not '3'");
  }

  @Test
  void gradientsOfAModuleOfFourMaps() {
    ParameterBook book = new ParameterBook(0);
    HighResolutionModule part =
        new HighResolutionModule(book.shared(), "m", List.of(1L, 2L, 3L, 2L), 1);
    PackedMaps packed =
        new PackedMaps(
            List.of(
                new PackedMaps.Size(1, 11, 14),
                new PackedMaps.Size(2, 6, 7),
                new PackedMaps.Size(3, 3, 4),
                new PackedMaps.Size(2, 2, 2)));
    CentralDifferences.check(
        book,
        List.of(2, (int) packed.elements()),
        x -> packed.pack(part.apply(packed.maps(x), true)),
        1);
  }

  @Test
  void gradientsOfTheWholeNetwork() {
    NetworkPlan plan = Rooms.plan("hrnet18", Map.of("width", 1L, "blocks", 2L), 33, 37);
    NetworkChecks.differentiable(plan, List.of(List.of(2, 3, 33, 37)), 1, 61);
  }

  @Test
  void bothCutsGiveTheSameGradient() {
    NetworkPlan plan = Rooms.plan("hrnet18", SMALL, 65, 74);
    NetworkChecks.cutsAgree(plan, Rooms.batch(plan, 3, 1));
  }

  @Test
  void learns() {
    NetworkPlan plan = Rooms.plan("hrnet18", SMALL, 48, 64);
    NetworkChecks.learns(plan, Rooms.batch(plan, 4, 1), 30, 0.02, 0.7);
  }

  /** What may be left for a rank at the end of an epoch; the coarsest map has one pixel here. */
  @Test
  void batchesOfOneSampleTrain() {
    NetworkPlan plan = Rooms.plan("hrnet18", SMALL, 32, 32);
    Batch batch = Rooms.batch(plan, 1, 1);
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
        pass.backward(new double[] {1, 1, 1}, new double[] {1, 1, 1});
      }
      for (float value : Tiny.values(replica.gradient())) {
        assertThat(value).isFinite();
      }
      for (float value : Tiny.values(replica.buffers())) {
        assertThat(value).isFinite();
      }
    }
  }
}
