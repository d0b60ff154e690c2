package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.Batch;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Entry;
import org.sparkmto.random.Draws;

/** Every network of any tasks with heads of whole images, of pixels, and of both. */
class MixedTasksTest {
  /** Networks whose representation is a vector from the start. */
  private static final List<String> WHOLE_IMAGES = List.of("small-conv", "emotic");

  private static final List<TaskKind> WHOLE =
      List.of(TaskKind.CLASSIFICATION, TaskKind.BINARY, TaskKind.REGRESSION);
  private static final List<TaskKind> PIXELS = List.of(TaskKind.SEGMENTATION, TaskKind.DEPTH);
  private static final List<TaskKind> MIXED =
      List.of(TaskKind.MASK, TaskKind.CLASSIFICATION, TaskKind.DEPTH, TaskKind.REGRESSION);

  /**
   * A network as small as it can be.
   *
   * @param seed of weights and images at which no ReLU and no maximum switches within a step
   * @param nth which parameters are tried, so that it does not take long
   */
  record Small(String name, Map<String, Long> options, int height, int width, long seed, int nth) {
    NetworkPlan plan(List<TaskKind> kinds) {
      return Photos.plan(name, options, height, width, kinds);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Map<String, Long> RESIDUAL =
      Map.of("depth", 18L, "width", 1L, "features", 2L);

  private static final Map<String, Long> NETWORKS = Map.of("width", 1L, "features", 2L);
  private static final Map<String, Long> EXPERTS =
      Map.of("width", 1L, "features", 2L, "experts", 2L);
  private static final Map<String, Long> EXPERT =
      Map.of("width", 1L, "features", 2L, "experts", 1L);

  /** Those whose heads look at the image, too, by which nothing is differentiated there. */
  private static final List<String> LOOK_AT_IMAGES = List.of("mmoe", "cgc");

  /** Those in which every task has a network or experts of its own in front of z. */
  private static final List<String> OF_TASKS = List.of("ple", "cross-stitch", "pad-net", "mti-net");

  static Stream<Small> networksOfAllTasks() {
    return networks().stream().filter(one -> !OF_TASKS.contains(one.name()));
  }

  static List<Small> networks() {
    return List.of(
        new Small("small-unet", Map.of("width", 2L), 12, 15, 1, 1),
        new Small("resnet18", Map.of("width", 2L), 26, 37, 1, 7),
        new Small("resnet50", Map.of("width", 1L), 26, 37, 1, 31),
        new Small("vgg16", Map.of("width", 1L), 19, 18, 1, 5),
        new Small("segnet", Map.of("width", 1L), 33, 32, 1, 13),
        new Small("mtan", Map.of("width", 2L), 33, 35, 1, 67),
        new Small("mtan-resnet", NETWORKS, 19, 26, 1, 61),
        new Small("deeplab", RESIDUAL, 19, 26, 1, 7),
        new Small("deeplabv3plus", RESIDUAL, 19, 26, 1, 7),
        new Small("pspnet", RESIDUAL, 19, 26, 1, 7),
        new Small("hrnet18", Map.of("width", 1L, "blocks", 2L), 33, 34, 1, 109),
        new Small("pad-net", Map.of("width", 1L, "blocks", 2L, "features", 1L), 33, 34, 1, 151),
        new Small("mti-net", Map.of("width", 1L, "blocks", 2L), 33, 34, 1, 293),
        new Small("mmoe", EXPERTS, 19, 26, 1, 61),
        new Small("cgc", EXPERT, 19, 26, 1, 83),
        new Small("ple", EXPERT, 19, 26, 1, 227),
        new Small("cross-stitch", NETWORKS, 19, 26, 1, 113),
        new Small("constant", Map.of(), 5, 4, 1, 1));
  }

  static Stream<Arguments> networksAndTasks() {
    return networks().stream()
        .filter(one -> !one.name().equals("constant")) // which does not look at the image
        .flatMap(one -> Stream.of(WHOLE, PIXELS, MIXED).map(kinds -> Arguments.of(one, kinds)));
  }

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void allNetworksAreTriedButThoseOfWholeImagesAlone() {
    List<String> names = new ArrayList<>(WHOLE_IMAGES);
    networks().forEach(one -> names.add(one.name()));
    names.add(ScriptFiles.NETWORK); // whose layers are somebody else's
    assertThat(new TreeSet<>(names))
        .containsExactlyElementsOf(
            new TreeSet<>(Architectures.known().all().stream().map(Entry::name).toList()));
    for (Entry<Architecture> entry : Architectures.known().all()) {
      assertThat(entry.summary())
          .startsWith(
              WHOLE_IMAGES.contains(entry.name()) ? "tasks of whole images:" : "any tasks:");
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void answersTasksOfAllKindsAtOnce(Small small) {
    NetworkPlan plan = small.plan(List.of(TaskKind.values()));
    try (Replica replica = Replica.of(plan, Draws.of(1))) {
      List<float[]> answers = replica.predict(Photos.batch(plan, 2, 1));
      List<Integer> expected = Photos.outputs(plan);
      for (int task = 0; task < expected.size(); task++) {
        assertThat(answers.get(task))
            .as(plan.tasks().get(task).name())
            .hasSize(2 * expected.get(task));
        for (float value : answers.get(task)) {
          assertThat(value).isFinite();
        }
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("networksAndTasks")
  void hasItsDerivatives(Small small, List<TaskKind> kinds) {
    NetworkChecks.differentiable(
        small.plan(kinds),
        List.of(List.of(3, 3, small.height(), small.width())),
        small.seed(),
        small.nth(),
        !LOOK_AT_IMAGES.contains(small.name()));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("networksAndTasks")
  void gradientsPassTheRepresentation(Small small, List<TaskKind> kinds) {
    NetworkChecks.passesTheRepresentation(
        small.plan(kinds), List.of(List.of(3, 3, small.height(), small.width())), 1);
  }

  /** The loss of every task falls, whatever the others are. */
  @ParameterizedTest
  @MethodSource("networks")
  void everyTaskLearns(Small small) {
    Map<String, Long> wider = new HashMap<>(small.options());
    wider.computeIfPresent("width", (option, width) -> 4L);
    NetworkPlan plan = Photos.plan(small.name(), wider, small.height(), small.width(), MIXED);
    Batch batch = Photos.batch(plan, 6, 1);
    try (PlainLoop loop = new PlainLoop(plan, Draws.of(3), 0.02, 0.9)) {
      double[] first = losses(loop.replica(), batch);
      for (int step = 0; step < 18; step++) {
        loop.step(batch);
      }
      double[] last = losses(loop.replica(), batch);
      for (int task = 0; task < first.length; task++) {
        assertThat(last[task]).as(plan.tasks().get(task).name()).isLessThan(first[task]);
      }
    }
  }

  private static double[] losses(Replica replica, Batch batch) {
    try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      double[] means = pass.lossSums();
      Arrays.setAll(means, task -> means[task] / pass.labelled()[task]);
      return means;
    }
  }

  /**
   * Tasks of whole images have the same shared parameters, the same heads and the same answers
   * whether a task of pixels is beside them or not.
   */
  @ParameterizedTest
  @MethodSource("networksOfAllTasks")
  void answersOfWholeImagesAreTheSameBesideATaskOfPixels(Small small) {
    List<TaskKind> more = new ArrayList<>(WHOLE);
    more.add(TaskKind.MASK);
    NetworkPlan alone = small.plan(WHOLE);
    NetworkPlan beside = small.plan(more);
    Batch batch = Photos.batch(beside, 3, 1);
    try (Replica one = Replica.of(alone, Draws.of(5));
        Replica other = Replica.of(beside, Draws.of(5))) {
      List<float[]> answers = one.predict(batch);
      for (int task = 0; task < WHOLE.size(); task++) {
        assertThat(other.predict(batch).get(task)).isEqualTo(answers.get(task));
        assertThat(other.layout().heads().get(task)).isEqualTo(one.layout().heads().get(task));
      }
      if (!small.name().equals("mtan")) { // which has no decoder without a task of pixels
        assertThat(other.layout().shared()).isEqualTo(one.layout().shared());
      }
    }
  }

  /**
   * A mean of a map spreads a gradient evenly over its places: products at the map are those at the
   * mean, by the number of places.
   */
  @ParameterizedTest
  @ValueSource(strings = {"small-unet", "resnet18", "deeplab"})
  void productsAtAMapAreThoseAtItsMeansByTheNumberOfPlaces(String name) {
    Small small =
        networks().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    List<TaskKind> more = new ArrayList<>(WHOLE);
    more.add(TaskKind.MASK);
    NetworkPlan alone = small.plan(WHOLE);
    NetworkPlan beside = small.plan(more);
    Batch batch = Photos.batch(beside, 5, 1);
    double places =
        switch (name) {
          case "small-unet" -> 6 * 8;
          case "resnet18" -> 1 * 2;
          default -> 3 * 4;
        };
    double[] means = gram(alone, batch);
    double[] maps = gram(beside, batch);
    int tasks = WHOLE.size();
    for (int i = 0; i < tasks; i++) {
      for (int j = 0; j < tasks; j++) {
        double scale = Math.sqrt(means[i * tasks + i] * means[j * tasks + j]);
        assertThat(scale).isPositive();
        assertThat(maps[i * (tasks + 1) + j] * places)
            .isCloseTo(means[i * tasks + j], Offset.offset(1e-4 * scale));
      }
    }
  }

  private static double[] gram(NetworkPlan plan, Batch batch) {
    try (Replica replica = Replica.of(plan, Draws.of(5));
        ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
      return pass.backwardHeads().gram();
    }
  }

  @Test
  void representationIsAVectorUnlessATaskIsOfPixels() {
    Map<String, Long> narrow = Map.of("width", 2L);
    assertThat(representation("resnet18", narrow, WHOLE)).containsExactly(2, 16);
    // Maps of a fourth to a thirty-second of 40 x 64.
    assertThat(representation("resnet18", narrow, MIXED))
        .containsExactly(2, 2 * 160 + 4 * 40 + 8 * 12 + 16 * 4);
    assertThat(representation("resnet50", narrow, MIXED))
        .containsExactly(2, 4 * (2 * 160 + 4 * 40 + 8 * 12 + 16 * 4));
    assertThat(representation("vgg16", narrow, WHOLE)).containsExactly(2, 16);
    assertThat(representation("vgg16", narrow, MIXED))
        .containsExactly(2, 8 * 160 + 16 * 40 + 16 * 8);
    assertThat(representation("small-unet", narrow, WHOLE)).containsExactly(2, 4);
    assertThat(representation("small-unet", narrow, MIXED)).containsExactly(2, 4, 20, 32);
    assertThat(representation("hrnet18", narrow, WHOLE)).containsExactly(2, 2 + 4 + 8 + 16);
    assertThat(representation("deeplabv3plus", Map.of("width", 2L, "features", 3L), WHOLE))
        .containsExactly(2, 3 + 48);
  }

  private static List<Integer> representation(
      String name, Map<String, Long> options, List<TaskKind> kinds) {
    NetworkPlan plan = Photos.plan(name, options, 40, 64, kinds);
    try (Replica replica = Replica.of(plan, Draws.of(1));
        PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Batch batch = Photos.batch(plan, 2, 1);
      Tensor z = replica.network().encode(HostTensors.inputs(batch, plan, Device.CPU), false);
      return CentralDifferences.shape(z);
    }
  }

  @Test
  void comparingAtTheRepresentationIsAHeuristicWhereHeadsSeeMapsOnTheWay() {
    for (Small small : networks()) {
      boolean always = List.of("mtan", "mtan-resnet", "ple", "mti-net").contains(small.name());
      boolean withPixels = List.of("resnet18", "resnet50", "vgg16").contains(small.name());
      assertThat(small.plan(WHOLE).heuristicRepresentation()).as(small.name()).isEqualTo(always);
      for (List<TaskKind> kinds : Arrays.asList(PIXELS, MIXED)) {
        assertThat(small.plan(kinds).heuristicRepresentation())
            .as(small.name())
            .isEqualTo(always || withPixels);
      }
    }
  }

  @Test
  void attentionForWholeImagesAloneHasNoDecoder() {
    NetworkPlan alone = Photos.plan("mtan", Map.of("width", 1L), 32, 32, WHOLE);
    assertThat(alone.layout().entries())
        .map(ParameterLayout.Entry::name)
        .noneMatch(name -> name.contains("decoder"));
    NetworkPlan mixed = Photos.plan("mtan", Map.of("width", 1L), 32, 32, MIXED);
    assertThat(mixed.layout().entries())
        .map(ParameterLayout.Entry::name)
        .anyMatch(name -> name.startsWith("decoder."))
        .contains("heads.mask.decoder_att.0.0.weight", "heads.classification.encoder_att.4.0.bias")
        .noneMatch(name -> name.startsWith("heads.classification.decoder"));
  }

  @Test
  void networksThatEndInAVectorRefuseTasksOfPixels() {
    assertThatThrownBy(() -> Photos.plan("small-conv", Map.of(), 28, 28, MIXED).layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "task 'mask' has a target for every pixel, and this network answers for whole images"
                + " alone; small-unet, resnet18 and all others of 'any tasks' take both");
  }
}
