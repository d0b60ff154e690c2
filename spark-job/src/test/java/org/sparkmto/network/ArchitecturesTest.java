package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

class ArchitecturesTest {
  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  @Test
  void residualEncoderIsTorchvisionsResnet18() {
    ParameterLayout layout = residual64().layout();
    assertThat(layout.shared()).isEqualTo(11_176_512);
    List<String> expected = new ArrayList<>(torchvisionNames());
    for (Task task : Tiny.threeTasks()) {
      expected.add("heads." + task.name() + ".weight");
      expected.add("heads." + task.name() + ".bias");
    }
    assertThat(layout.entries())
        .map(ParameterLayout.Entry::name)
        .containsExactlyElementsOf(expected);
    // A binary task needs one output, not two.
    assertThat(layout.heads()).containsExactly(4 * 513L, 513L, 3 * 513L);
  }

  @Test
  void residualEncoderGives512FeaturesAndPlaceForItsStatistics() {
    NetworkPlan plan = residual64();
    try (Replica replica = Replica.of(plan, Draws.of(1));
        PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor z =
          replica
              .network()
              .encode(
                  HostTensors.inputs(
                      Tiny.batch(plan, 2, 1, false), replica.plan(), replica.device()),
                  true);
      assertThat(z.dim()).isEqualTo(2);
      assertThat(z.size(0)).isEqualTo(2);
      assertThat(z.size(1)).isEqualTo(512);
      assertThat(z.isfinite().all().item_bool()).isTrue();
      assertThat(replica.bufferEntries()).hasSize(2 * 20);
      // Means and variances of 64 x 5, 128 x 5, 256 x 5 and 512 x 5 channels.
      assertThat(replica.buffers().length()).isEqualTo(2 * 5 * (64 + 128 + 256 + 512));
      assertStandardDeviation(replica, "encoder.conv1.weight", Math.sqrt(2.0 / (64 * 49)));
      assertStandardDeviation(replica, "encoder.layer3.0.conv2.weight", Math.sqrt(2.0 / (256 * 9)));
      assertStandardDeviation(
          replica, "encoder.layer4.0.downsample.0.weight", Math.sqrt(2.0 / 512));
      assertThat(of(replica, "encoder.layer2.0.bn1.weight")).containsOnly(1);
      assertThat(of(replica, "encoder.layer2.0.bn1.bias")).containsOnly(0);
      float bound = (float) (1 / Math.sqrt(512));
      float[] head = of(replica, "heads.digit.weight");
      for (float weight : head) {
        assertThat(weight).isBetween(-bound, bound);
      }
      assertStandardDeviation(replica, "heads.digit.weight", bound / Math.sqrt(3));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,28,28,32,256,64", "3,9,14,4,10,7"})
  void smallConvolutionalHasAsManyParametersAsItsFormula(
      int channels, int height, int width, long c, long features, long hidden) {
    NetworkPlan plan =
        Tiny.plan(
            "small-conv",
            Map.of("width", c, "features", features, "hidden", hidden),
            Tiny.threeTasks(),
            List.of(channels, height, width),
            Map.of());
    long pooled = (height / 4L) * (width / 4L);
    ParameterLayout layout = plan.layout();
    assertThat(layout.shared())
        .isEqualTo((9 * channels + 1) * c + (9 * c + 1) * 2 * c + (2 * c * pooled + 1) * features);
    assertThat(layout.heads())
        .containsExactly(
            (features + 1) * hidden + (hidden + 1) * 4,
            (features + 1) * hidden + (hidden + 1),
            (features + 1) * hidden + (hidden + 1) * 3);
    assertThat(layout.total()).isEqualTo(layout.headOffset(3));
    long end = 0;
    for (ParameterLayout.Entry entry : layout.entries()) {
      assertThat(entry.offset()).isEqualTo(end);
      end += entry.elements();
    }
    assertThat(end).isEqualTo(layout.total());
    if (height % 4 != 0) {
      // The formula's rounding is that of the pooling itself.
      try (Replica replica = Replica.of(plan, Draws.of(1))) {
        assertThat(replica.predict(Tiny.batch(plan, 2, 1, false)))
            .map(outputs -> outputs.length)
            .containsExactly(8, 2, 6);
      }
    }
  }

  @Test
  void startingWeightsDependOnSeedAndNameAlone() {
    List<Task> tasks = Tiny.threeTasks();
    List<Task> reversed = List.of(tasks.get(2), tasks.get(1), tasks.get(0));
    try (Replica all = Replica.of(Tiny.smallConvolutional(tasks), Draws.of(1));
        Replica again = Replica.of(Tiny.smallConvolutional(tasks), Draws.of(1));
        Replica other = Replica.of(Tiny.smallConvolutional(tasks), Draws.of(2));
        Replica turned = Replica.of(Tiny.smallConvolutional(reversed), Draws.of(1));
        Replica alone = Replica.of(Tiny.smallConvolutional(tasks.subList(1, 2)), Draws.of(1))) {
      assertThat(Tiny.values(again.parameters())).isEqualTo(Tiny.values(all.parameters()));
      for (ParameterLayout.Entry entry : all.layout().entries()) {
        float[] weights = of(all, entry.name());
        assertThat(of(turned, entry.name())).as(entry.name()).isEqualTo(weights);
        assertThat(of(other, entry.name())).as(entry.name()).isNotEqualTo(weights);
        if (entry.name().startsWith("encoder.") || entry.name().startsWith("heads.smiling.")) {
          assertThat(of(alone, entry.name())).as(entry.name()).isEqualTo(weights);
        }
      }
      assertThat(of(all, "heads.digit.fc1.weight"))
          .as("heads do not start alike")
          .isNotEqualTo(of(all, "heads.colour.fc1.weight"));
    }
  }

  @Test
  void largerParametersBeginAsSmallerOnesDo() {
    // Element i is a function of its index, not of how many there are.
    Initialisation start = Initialisation.heFanOut(18);
    Draws draws = Draws.of(5).of("initial weights").of("encoder.conv1.weight");
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    try (Replica replica = Replica.of(plan, Draws.of(5))) {
      float[] weights = of(replica, "encoder.conv1.weight");
      double scale = Math.sqrt(18.0 / (2 * 49));
      for (int i = 0; i < weights.length; i++) {
        assertThat(weights[i]).isEqualTo((float) (start.value(draws, i) * scale), offset(1e-6f));
      }
    }
  }

  @Test
  void unknownNetworksAndUnfitInputsAreRefused() {
    assertThatThrownBy(() -> plan("resnet19", List.of(3, 8, 8)).layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("unknown network 'resnet19'; did you mean 'resnet18'? Known are");
    assertThatThrownBy(() -> plan("small-conv", List.of(1, 3, 28)).layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too small");
    assertThatThrownBy(() -> plan("resnet18", List.of(64)).layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one image of channel, height and width");
    assertThatThrownBy(
            () ->
                Tiny.plan(
                        "resnet18",
                        Map.of("width", 0L),
                        Tiny.threeTasks(),
                        List.of(3, 8, 8),
                        Map.of())
                    .layout())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network 'resnet18': option 'width' must be 1 or more, not '0'");
  }

  /** A JVM without the native jars, as a driver without libtorch may be. */
  @Test
  void layoutNeedsNoLibtorch() throws IOException, InterruptedException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("linux-x86_64"))
            .collect(Collectors.joining(File.pathSeparator));
    Process child =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                LayoutOnly.class.getName())
            .redirectErrorStream(true)
            .start();
    String said =
        new String(child.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(said.strip()).isEqualTo("11180616 without libtorch");
  }

  /** What the JVM without native jars runs. */
  static final class LayoutOnly {
    private LayoutOnly() {}

    public static void main(String[] arguments) {
      long total = residual64().layout().total();
      try {
        FlatVector.zeros(1).close();
        System.out.println(total + " with libtorch");
      } catch (LinkageError e) {
        System.out.println(total + " without libtorch");
      }
    }
  }

  private static NetworkPlan residual64() {
    return Tiny.plan("resnet18", Map.of(), Tiny.threeTasks(), List.of(3, 64, 64), Map.of());
  }

  private static NetworkPlan plan(String architecture, List<Integer> image) {
    return Tiny.plan(
        architecture,
        Map.of(),
        List.of(Tiny.task("digit", TaskKind.CLASSIFICATION, 0, 4)),
        image,
        Map.of());
  }

  /** The rule behind torchvision's names: what stands first in a block is named first. */
  private static List<String> torchvisionNames() {
    List<String> names = new ArrayList<>(named("", "conv1", "bn1"));
    for (int layer = 1; layer <= 4; layer++) {
      for (int block = 0; block < 2; block++) {
        String prefix = "layer" + layer + "." + block + ".";
        names.addAll(named(prefix, "conv1", "bn1"));
        names.addAll(named(prefix, "conv2", "bn2"));
        if (layer > 1 && block == 0) {
          names.addAll(named(prefix, "downsample.0", "downsample.1"));
        }
      }
    }
    return names;
  }

  private static List<String> named(String prefix, String convolution, String norm) {
    String start = "encoder." + prefix;
    return List.of(
        start + convolution + ".weight", start + norm + ".weight", start + norm + ".bias");
  }

  private static void assertStandardDeviation(Replica replica, String name, double expected) {
    float[] weights = of(replica, name);
    double sum = 0;
    double squares = 0;
    for (float weight : weights) {
      sum += weight;
      squares += (double) weight * weight;
    }
    // Five standard errors: of the mean sigma / sqrt(n), of the deviation at most sigma / sqrt(2n).
    double root = Math.sqrt(weights.length);
    assertThat(sum / weights.length).as(name).isBetween(-5 * expected / root, 5 * expected / root);
    assertThat(Math.sqrt(squares / weights.length) / expected)
        .as(name)
        .isBetween(1 - 5 / (Math.sqrt(2) * root), 1 + 5 / (Math.sqrt(2) * root));
  }

  private static float[] of(Replica replica, String name) {
    ParameterLayout.Entry entry =
        replica.layout().entries().stream()
            .filter(e -> e.name().equals(name))
            .findFirst()
            .orElseThrow();
    float[] values = new float[(int) entry.elements()];
    replica.parameters().read(entry.offset(), values, 0, values.length);
    return values;
  }

  private static org.assertj.core.data.Offset<Float> offset(float value) {
    return org.assertj.core.data.Offset.offset(value);
  }
}
