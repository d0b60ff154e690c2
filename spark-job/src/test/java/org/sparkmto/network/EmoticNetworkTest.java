package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

class EmoticNetworkTest {
  private static final int CATEGORIES = 26;
  private static final Map<String, Long> SMALL = Map.of("width", 2L, "features", 6L);

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void hasTwoResidualEncodersALayerOnBothAndAHeadForEachTask() {
    ParameterLayout layout = plan(Map.of(), 224, 128).layout();
    long onBoth = 256 * (512 + 512 + 1) + 2 * 256;
    assertThat(layout.shared()).isEqualTo(2 * 11_176_512 + onBoth).isEqualTo(22_615_936);
    assertThat(layout.heads()).containsExactly(26 * 257L, 3 * 257L);
    for (String encoder : List.of("image", "person")) {
      LongStream own =
          layout.entries().stream()
              .filter(entry -> entry.name().startsWith("encoder." + encoder + "."))
              .mapToLong(ParameterLayout.Entry::elements);
      assertThat(own.sum()).isEqualTo(11_176_512);
    }
    assertThat(layout.entries().stream().map(ParameterLayout.Entry::name))
        .contains(
            "encoder.image.conv1.weight",
            "encoder.person.layer4.1.bn2.bias",
            "neck.fc1.weight",
            "neck.bn1.bias",
            "heads.categories.weight",
            "heads.continuous.bias");
  }

  @Test
  void takesImagesOfTwoSizes() {
    NetworkPlan plan = plan(SMALL, 40, 33);
    try (Replica replica = Replica.of(plan, Draws.of(1))) {
      assertThat(replica.predict(batch(plan, 3)))
          .map(values -> values.length)
          .containsExactly(3 * CATEGORIES, 3 * 3);
    }
  }

  @Test
  void representationSeesBothImages() {
    NetworkPlan plan = plan(SMALL, 32, 32);
    NetworkPlan.Declared declared = plan.declare();
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      CentralDifferences.bind(declared.book(), Draws.of(4));
      Tensor image = CentralDifferences.normal(List.of(4, 3, 32, 32), Draws.of(5));
      Tensor person = CentralDifferences.normal(List.of(4, 3, 32, 32), Draws.of(6));
      Tensor other = CentralDifferences.normal(List.of(4, 3, 32, 32), Draws.of(7));
      Tensor z = declared.network().encode(List.of(image, person), true);
      assertThat(CentralDifferences.shape(z)).isEqualTo(List.of(4, 6));
      assertThat(PlainMaps.numbers(declared.network().encode(List.of(image, other), true)))
          .isNotEqualTo(PlainMaps.numbers(z));
      assertThat(PlainMaps.numbers(declared.network().encode(List.of(other, person), true)))
          .isNotEqualTo(PlainMaps.numbers(z));
      assertThat(Arrays.stream(PlainMaps.numbers(z)).boxed())
          .allMatch(value -> value >= 0)
          .anyMatch(value -> value > 0);
    }
  }

  @Test
  void hasItsDerivatives() {
    NetworkChecks.differentiable(
        plan(Map.of("width", 1L, "features", 3L), 16, 12),
        List.of(List.of(6, 3, 16, 12), List.of(6, 3, 12, 12)),
        3,
        4); // a block has six parameters or nine, so that each kind has its turn
  }

  @Test
  void gradientsOfBothCutsAgree() {
    NetworkPlan plan = plan(SMALL, 33, 32);
    NetworkChecks.cutsAgree(plan, batch(plan, 8));
  }

  @Test
  void learnsABatch() {
    NetworkPlan plan = plan(SMALL, 32, 32);
    NetworkChecks.learns(plan, batch(plan, 8), 30, 0.05, 0.8);
  }

  @Test
  void oneImageIsRefused() {
    NetworkPlan plan =
        Tiny.plan("emotic", Map.of(), Tiny.threeTasks(), List.of(3, 32, 32), Map.of());
    assertThatThrownBy(plan::layout)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two images of channel, height and width, the scene and the person");
  }

  private static NetworkPlan plan(Map<String, Long> options, int image, int person) {
    List<String> inputs = List.of("image", "person");
    return new NetworkPlan(
        Architectures.known().entry("emotic"),
        options,
        List.of(
            Task.of("categories", TaskKind.MULTI_LABEL, inputs, "categories", CATEGORIES),
            Task.of("continuous", TaskKind.REGRESSION, inputs, "continuous", 3)),
        List.of(
            new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(3, image, image)),
            new Column("person", Column.Role.INPUT, ElementType.UINT8, List.of(3, person, person))),
        Map.of(
            "categories",
            new Column("categories", Column.Role.TARGET, ElementType.UINT8, List.of(CATEGORIES)),
            "continuous",
            new Column("continuous", Column.Role.TARGET, ElementType.FLOAT32, List.of(3))),
        Map.of());
  }

  private static Batch batch(NetworkPlan plan, int samples) {
    Draws draws = Draws.of(9);
    byte[][] images = new byte[2][];
    for (int input = 0; input < 2; input++) {
      images[input] = new byte[samples * plan.inputs().get(input).bytes()];
      for (int i = 0; i < images[input].length; i++) {
        images[input][i] = (byte) draws.at(input).below(256, i);
      }
    }
    byte[] categories = new byte[samples * CATEGORIES];
    for (int i = 0; i < categories.length; i++) {
      categories[i] = (byte) draws.of("categories").below(2, i);
    }
    byte[] continuous = new byte[4 * 3 * samples];
    ByteBuffer numbers = ByteBuffer.wrap(continuous).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 3 * samples; i++) {
      numbers.putFloat((float) draws.of("continuous").normal(i));
    }
    return new Batch(
        samples,
        Map.of(
            "image",
            images[0],
            "person",
            images[1],
            "categories",
            categories,
            "continuous",
            continuous));
  }
}
