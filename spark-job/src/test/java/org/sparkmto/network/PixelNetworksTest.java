package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Batch;
import org.sparkmto.random.Draws;

/** DeepLab, DeepLabV3+ and PSPNet: counts, shapes, gradients, and that they learn. */
@Tag("slow")
class PixelNetworksTest {
  private static final double[] ONES = {1, 1, 1};
  private static final Map<String, Long> SMALL = Map.of("depth", 18L, "width", 4L, "features", 6L);

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void deepLabHasAsManyParametersAsTorchvisions() {
    // The head layer by layer: convolution and the two numbers per channel of its normalisation.
    long one = 2048 * 256 + 2 * 256; // convs.0, and convs.4 behind the mean
    long dilated = 9 * 2048 * 256 + 2 * 256; // convs.1, 2 and 3
    long project = 5 * 256 * 256 + 2 * 256;
    long inner = 9 * 256 * 256 + 2 * 256;
    long head = 2 * one + 3 * dilated + project + inner;
    // torchvision's documentation counts 42,004,074 for deeplabv3_resnet50 with 21 classes; that is
    // the encoder, such a head and an auxiliary one on 1024 channels, which we have not.
    long auxiliary = 9 * 1024 * 256 + 2 * 256 + 257 * 21;
    assertThat(23_508_032 + head + 257 * 21 + auxiliary).isEqualTo(42_004_074);

    for (long depth : List.of(50L, 101L)) {
      ParameterLayout layout = Rooms.plan("deeplab", Map.of("depth", depth), 288, 384).layout();
      assertThat(layout.shared()).isEqualTo(depth == 50 ? 23_508_032 : 42_500_160);
      assertThat(layout.heads())
          .containsExactly(head + 257 * Rooms.CLASSES, head + 257, head + 257 * 3);
    }
    assertThat(Rooms.plan("deeplab", Map.of(), 288, 384).layout().entries())
        .map(ParameterLayout.Entry::name)
        .contains(
            "encoder.layer4.2.conv3.weight",
            "heads.depth.0.convs.0.0.weight",
            "heads.depth.0.convs.3.1.bias",
            "heads.depth.0.convs.4.1.weight",
            "heads.depth.0.convs.4.2.weight",
            "heads.depth.0.project.0.weight",
            "heads.depth.1.weight",
            "heads.depth.2.bias",
            "heads.depth.4.weight",
            "heads.depth.4.bias");
  }

  /** The second head is frozen; the statistics of the first and of the third move. */
  @Test
  void aFrozenHeadAnswersByItsRunningStatisticsAndKeepsThem() {
    NetworkPlan plan = Rooms.plan("deeplab", SMALL, 32, 48);
    try (Replica replica = Replica.of(plan, Draws.of(3))) {
      replica.makePasses(PassSettings.USUAL.withFrozenHeads(Set.of(1)));
      float[] before = Tiny.values(replica.buffers());
      try (ForwardPass pass = replica.forward(Rooms.batch(plan, 2, 5), Cut.NONE)) {
        assertThat(pass.lossSums()).doesNotContain(0);
      }
      float[] after = Tiny.values(replica.buffers());
      Set<String> moved = new TreeSet<>();
      for (ParameterLayout.Entry buffer : replica.bufferEntries()) {
        int from = (int) buffer.offset();
        int to = from + (int) buffer.elements();
        if (!Arrays.equals(before, from, to, after, from, to)) {
          moved.add(buffer.name().replaceAll("^([^.]*\\.[^.]*).*", "$1"));
        }
      }
      assertThat(moved)
          .contains("heads." + plan.tasks().get(0).name(), "heads." + plan.tasks().get(2).name())
          .doesNotContain("heads." + plan.tasks().get(1).name());
    }
  }

  @Test
  void deepLabPlusHasAsManyParametersAsItsLayers() {
    long pyramid = 2 * (2048 * 256 + 512) + 3 * (9 * 2048 * 256 + 512) + (5 * 256 * 256 + 512);
    long detail = 256 * 48 + 2 * 48;
    long decoder = (9 * (256 + 48) * 256 + 512) + (9 * 256 * 256 + 512);
    ParameterLayout layout = Rooms.plan("deeplabv3plus", Map.of(), 288, 384).layout();
    assertThat(layout.shared()).isEqualTo(23_508_032 + pyramid + detail);
    assertThat(layout.heads())
        .containsExactly(decoder + 257 * Rooms.CLASSES, decoder + 257, decoder + 257 * 3);
    // The loader of pre-trained weights goes by the prefix: nothing of ours is in the encoder.
    assertThat(
            layout.entries().stream()
                .filter(entry -> entry.name().startsWith("encoder."))
                .mapToLong(ParameterLayout.Entry::elements)
                .sum())
        .isEqualTo(23_508_032);
  }

  @Test
  void pspNetHasAsManyParametersAsItsLayers() {
    long pooled = 2048 * 512 + 2 * 512;
    long inner = 9 * (2048 + 4 * 512) * 512 + 2 * 512;
    long head = 4 * pooled + inner;
    ParameterLayout layout = Rooms.plan("pspnet", Map.of(), 288, 384).layout();
    assertThat(layout.shared()).isEqualTo(23_508_032);
    assertThat(layout.heads())
        .containsExactly(head + 513 * Rooms.CLASSES, head + 513, head + 513 * 3);
  }

  @ParameterizedTest
  @CsvSource({
    "deeplab,288,384,36,48",
    "deeplab,97,75,13,10",
    "pspnet,288,384,36,48",
    "pspnet,97,75,13,10"
  })
  void representationIsTheLastMap(String name, int height, int width, int rows, int columns) {
    // A narrow encoder of the usual depth: 4 x 8 x 4 channels.
    Map<String, Long> narrow = Map.of("width", 4L, "features", 5L);
    assertShapes(Rooms.plan(name, narrow, height, width), List.of(1, 128, rows, columns));
  }

  @ParameterizedTest
  @CsvSource({"288,384,18,24,72,96", "97,75,7,5,25,19"})
  void representationOfDeepLabPlusPacksContextAndDetail(
      int height, int width, int rows, int columns, int fineRows, int fineColumns) {
    Map<String, Long> narrow = Map.of("width", 4L, "features", 5L);
    assertShapes(
        Rooms.plan("deeplabv3plus", narrow, height, width),
        List.of(1, 5 * rows * columns + 48 * fineRows * fineColumns));
  }

  private static void assertShapes(NetworkPlan plan, List<Integer> representation) {
    try (Replica replica = Replica.of(plan, Draws.of(1));
        PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor z =
          replica
              .network()
              .encode(
                  HostTensors.inputs(Rooms.batch(plan, 1, 1), replica.plan(), replica.device()),
                  false);
      assertThat(CentralDifferences.shape(z)).isEqualTo(representation);
      List<Integer> channels = List.of(Rooms.CLASSES, 1, 3);
      for (int task = 0; task < 3; task++) {
        Tensor y = replica.network().decode(task, z, false);
        List<Integer> image = plan.inputs().get(0).shape();
        assertThat(CentralDifferences.shape(y))
            .containsExactly(1, channels.get(task), image.get(1), image.get(2));
        assertThat(y.isfinite().all().item_bool()).isTrue();
      }
    }
  }

  /** Every output of every head by elements of every parameter and of the image. */
  @ParameterizedTest
  @ValueSource(strings = {"deeplab", "deeplabv3plus", "pspnet"})
  void gradientsOfWholeNetworks(String name) {
    Map<String, Long> tiny = Map.of("depth", 18L, "width", 1L, "features", 2L, "stride", 8L);
    NetworkPlan.Declared declared = Rooms.plan(name, tiny, 19, 26).declare();
    CentralDifferences.check(
        declared.book(),
        List.of(3, 3, 19, 26),
        x -> {
          Tensor z = declared.network().encode(List.of(x), true);
          List<Tensor> outputs = new ArrayList<>();
          for (int task = 0; task < 3; task++) {
            outputs.add(torch.flatten(declared.network().decode(task, z, true), 1, -1));
          }
          return torch.cat(HostTensors.vector(outputs), 1);
        },
        1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"deeplab", "deeplabv3plus", "pspnet"})
  void bothCutsGiveTheSameGradient(String name) {
    NetworkPlan plan = Rooms.plan(name, SMALL, 33, 42);
    Batch batch = Rooms.batch(plan, 3, 1);
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      float[] direct = gradient(replica, batch, Cut.NONE);
      float[] cut = gradient(replica, batch, Cut.AT_REPRESENTATION);
      double scale = 0;
      for (float value : direct) {
        scale = Math.max(scale, Math.abs(value));
      }
      assertThat(scale).isPositive();
      for (int i = 0; i < direct.length; i++) {
        // Reorderings of float sums, behind some twenty normalisations.
        assertThat((double) cut[i]).isCloseTo(direct[i], within(1e-4 * scale));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Cut.class,
      names = {"NONE", "AT_REPRESENTATION"})
  void everyTaskOfEveryNetworkLearns(Cut cut) {
    for (String name : List.of("deeplab", "deeplabv3plus", "pspnet")) {
      NetworkPlan plan = Rooms.plan(name, SMALL, 32, 40);
      Batch batch = Rooms.batch(plan, 4, 1);
      try (Replica replica = Replica.of(plan, Draws.of(2))) {
        double[] first = losses(replica, batch, cut);
        for (int step = 0; step < 30; step++) {
          gradient(replica, batch, cut);
          // Sums over 4 x 32 x 40 pixels: a rate of 0.1 for the means.
          descend(replica, 0.1 / (4 * 32 * 40));
        }
        double[] last = losses(replica, batch, cut);
        for (int task = 0; task < 3; task++) {
          assertThat(last[task])
              .as(name + ", " + plan.tasks().get(task).name())
              .isLessThan(0.8 * first[task]);
        }
      }
    }
  }

  /** What may be left for a rank at the end of an epoch. */
  @ParameterizedTest
  @ValueSource(strings = {"deeplab", "deeplabv3plus", "pspnet"})
  void batchesOfOneSampleTrain(String name) {
    NetworkPlan plan = Rooms.plan(name, SMALL, 33, 42);
    try (Replica replica = Replica.of(plan, Draws.of(2))) {
      for (float value : gradient(replica, Rooms.batch(plan, 1, 1), Cut.NONE)) {
        assertThat(value).isFinite();
      }
      for (float value : Tiny.values(replica.buffers())) {
        assertThat(value).isFinite();
      }
    }
  }

  private static float[] gradient(Replica replica, Batch batch, Cut cut) {
    try (ForwardPass pass = replica.forward(batch, cut)) {
      if (cut == Cut.NONE) {
        pass.backward(ONES, ONES);
      } else {
        RepresentationGradients gradients = pass.backwardHeads();
        gradients.backward(ONES);
      }
    }
    return Tiny.values(replica.gradient());
  }

  private static double[] losses(Replica replica, Batch batch, Cut cut) {
    try (ForwardPass pass = replica.forward(batch, cut)) {
      double[] means = pass.lossSums();
      Arrays.setAll(means, task -> means[task] / pass.labelled()[task]);
      return means;
    }
  }

  private static void descend(Replica replica, double rate) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      replica.parameters().tensor().sub_(replica.gradient().tensor().mul(new Scalar(rate)));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }
}
