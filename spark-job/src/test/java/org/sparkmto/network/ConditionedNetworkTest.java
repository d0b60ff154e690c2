package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.architecture.Architectures;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.random.Draws;

/** A network that is told a preference reads it as channels of its image, and in no other way. */
class ConditionedNetworkTest {
  private static final double[] WEIGHTS = {0.7, -1.3, 2.5};
  private static final int SIDE = 8;

  /** Shares that are multiples of 1 / 255, so that bytes say the same. */
  private static final List<Double> SHARES = List.of(0.2, 0.6, 0.2);

  private static final int[] BYTES = {51, 153, 51};

  private static final List<Double> OTHER = List.of(0.7, 0.2, 0.1);

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  private static NetworkPlan plain() {
    return Tiny.smallConvolutional(Tiny.threeTasks());
  }

  /** The same images with three more channels of bytes, in a data set as any other. */
  private static Batch widened(Batch batch) {
    int pixels = SIDE * SIDE;
    byte[] images = new byte[batch.samples() * 4 * pixels];
    for (int sample = 0; sample < batch.samples(); sample++) {
      System.arraycopy(batch.column("image"), sample * pixels, images, 4 * sample * pixels, pixels);
      for (int share = 0; share < 3; share++) {
        int from = (4 * sample + 1 + share) * pixels;
        Arrays.fill(images, from, from + pixels, (byte) BYTES[share]);
      }
    }
    return new Batch(batch.samples(), Map.of("image", images, "labels", batch.column("labels")));
  }

  private static float[] gradient(Replica replica, Batch batch) {
    try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      pass.backward(WEIGHTS, WEIGHTS);
      return Tiny.values(replica.gradient());
    }
  }

  /** Losses, gradients and answers, bit by bit. */
  @Test
  void isTheNetworkOfAnImageThatHasTheSharesAsChannels() {
    NetworkPlan wide =
        Tiny.plan(
            "small-conv",
            Map.of("width", 2L, "features", 6L, "hidden", 5L),
            Tiny.threeTasks(),
            List.of(4, SIDE, SIDE),
            Map.of());
    Batch batch = Tiny.batch(plain(), 5, 1, true);
    try (Replica told = Replica.of(plain().preferring(SHARES), Draws.of(2));
        Replica read = Replica.of(wide, Draws.of(2))) {
      assertThat(Tiny.values(told.parameters())).isEqualTo(Tiny.values(read.parameters()));
      assertThat(gradient(told, batch)).isEqualTo(gradient(read, widened(batch)));
      assertThat(told.judge(batch).lossSums()).isEqualTo(read.judge(widened(batch)).lossSums());
      assertThat(told.predict(batch))
          .usingRecursiveComparison()
          .isEqualTo(read.predict(widened(batch)));
    }
  }

  @Test
  void whatTrainingAsksForAndWhatIsAnsweredAreApart() {
    Batch batch = Tiny.batch(plain(), 5, 1, true);
    try (Replica replica = Replica.of(plain().preferring(SHARES), Draws.of(2))) {
      float[] first = gradient(replica, batch);
      List<float[]> answers = replica.predict(batch);
      replica.askFor(OTHER);
      assertThat(gradient(replica, batch)).isNotEqualTo(first);
      assertThat(replica.predict(batch)).usingRecursiveComparison().isEqualTo(answers);
      replica.askFor(SHARES);
      replica.answerFor(OTHER);
      assertThat(gradient(replica, batch)).isEqualTo(first);
      assertThat(replica.predict(batch).get(0)).isNotEqualTo(answers.get(0));
    }
    try (Replica replica = Replica.of(plain(), Draws.of(2))) {
      assertThatThrownBy(() -> replica.askFor(SHARES)).isInstanceOf(IllegalStateException.class);
    }
  }

  static Stream<String> ofOneImage() {
    return Architectures.known().builtIn().stream()
        .map(Entry::name)
        .filter(name -> !List.of("emotic", "constant", ScriptFiles.NETWORK).contains(name));
  }

  /** Small, with pixels where the network answers for them, else with whole images. */
  private static NetworkPlan small(String network) {
    Map<String, Long> sizes =
        Map.of("width", 4L, "features", 6L, "hidden", 5L, "depth", 18L, "blocks", 2L);
    Map<String, Long> options = new HashMap<>();
    for (Option option : Architectures.known().entry(network).options()) {
      if (sizes.containsKey(option.name())) {
        options.put(option.name(), sizes.get(option.name()));
      }
    }
    NetworkPlan whole =
        Tiny.plan(network, options, Tiny.threeTasks(), List.of(3, 32, 32), Map.of());
    try {
      whole.layout();
      return whole;
    } catch (IllegalArgumentException e) {
      return Rooms.plan(network, options, 32, 35);
    }
  }

  private static Map<String, List<Long>> shapes(NetworkPlan plan) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    plan.layout().entries().forEach(entry -> shapes.put(entry.name(), entry.shape()));
    return shapes;
  }

  /** What reads the image, and no other part. */
  @ParameterizedTest
  @MethodSource("ofOneImage")
  void firstLayersReadAsManyChannelsMoreAsThereAreTasks(String network) {
    NetworkPlan plan = small(network);
    long tasks = plan.tasks().size();
    Map<String, List<Long>> before = shapes(plan);
    Map<String, List<Long>> after =
        shapes(plan.preferring(Collections.nCopies((int) tasks, 1.0 / tasks)));
    assertThat(after.keySet()).isEqualTo(before.keySet());
    List<String> changed = new ArrayList<>();
    after.forEach(
        (name, shape) -> {
          if (!shape.equals(before.get(name))) {
            List<Long> expected = new ArrayList<>(before.get(name));
            // A convolution reads channels, a gate of experts all pixels of all channels.
            expected.set(1, expected.get(1) / 3 * (3 + tasks));
            assertThat(shape).as(name).isEqualTo(expected);
            changed.add(name);
          }
        });
    assertThat(changed).isNotEmpty();
  }

  /** What is run again is told the same; every network that has blocks has them here, too. */
  @ParameterizedTest
  @MethodSource("ofOneImage")
  void blocksThatAreRunAgainAreToldTheSame(String network) {
    NetworkPlan plan = small(network);
    int tasks = plan.tasks().size();
    List<Double> shares = tasks == 3 ? OTHER : Collections.nCopies(tasks, 1.0 / tasks);
    Batch batch =
        plan.targets().containsKey("labels")
            ? Tiny.batch(plan, 3, 1, true)
            : Rooms.batch(plan, 2, 1);
    try (Replica replica = Replica.of(plan.preferring(shares), Draws.of(2))) {
      double[] weights = new double[tasks];
      Arrays.fill(weights, 0.5);
      List<float[]> found = new ArrayList<>();
      for (PassSettings.Recompute recompute : PassSettings.Recompute.values()) {
        replica.makePasses(PassSettings.USUAL.with(recompute));
        replica.freezeEncoderStatistics(true);
        try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
          pass.backward(weights, weights);
          found.add(Tiny.values(replica.gradient()));
        }
      }
      assertThat(found.get(1)).isEqualTo(found.get(0));
    }
  }

  /** What is written down has the preference as an argument and not as a constant. */
  @Test
  void theProgramOfOnePreferenceAnswersToAnother() {
    Batch batch = Tiny.batch(plain(), 2, 1, false);
    try (Replica traced = Replica.of(plain().preferring(SHARES), Draws.of(2));
        Replica asked = Replica.of(plain().preferring(OTHER), Draws.of(2))) {
      NetworkProgram program = NetworkProgram.of(traced);
      assertThat(program.inputs()).containsExactly("image", "preference");
      assertThat(PythonNetwork.of(program, traced, "t"))
          .contains("def forward(self, image, preference):", "SHARES = 3\n");
      try (TorchScriptNetwork script = TorchScriptNetwork.of(program, asked)) {
        List<float[]> expected = asked.predict(batch);
        List<float[]> found = script.outputs(batch);
        for (int task = 0; task < 3; task++) {
          for (int i = 0; i < expected.get(task).length; i++) {
            assertThat(found.get(task)[i]).isCloseTo(expected.get(task)[i], within(1e-6f));
          }
        }
      }
    }
  }

  /** Of a model that was never told anything: at first the preference changes nothing. */
  @Test
  void aBackboneWithoutSuchChannelsStartsOneWithZerosForThem() throws IOException {
    NetworkPlan plan = Tiny.residual(Tiny.threeTasks());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    Batch batch = Tiny.batch(plan, 3, 1, false);
    try (Replica source = Replica.of(plan, Draws.of(1));
        Replica told = Replica.of(plan.preferring(SHARES), Draws.of(1))) {
      source.weights().write(file);
      assertThat(told.predict(batch).get(0)).isNotEqualTo(source.predict(batch).get(0));
      told.weights().readPretrained(new ByteArrayInputStream(file.toByteArray()), "w");
      for (List<Double> shares : List.of(SHARES, OTHER)) {
        told.answerFor(shares);
        for (int task = 0; task < 3; task++) {
          float[] expected = source.predict(batch).get(task);
          float[] found = told.predict(batch).get(task);
          for (int i = 0; i < expected.length; i++) {
            // The first layer adds up zeros, too, in another order.
            assertThat(found[i])
                .isCloseTo(expected[i], within(1e-5f * (1 + Math.abs(expected[i]))));
          }
        }
      }
      SafetensorsReader header =
          new SafetensorsReader(new ByteArrayInputStream(file.toByteArray()), "w");
      assertThat(PretrainedWeights.match(plan.preferring(SHARES), header.tensors(), "w").summary())
          .contains("zeros in encoder.conv1.weight for the channels of the preference");
    }
  }

  @Test
  void refusesWhatCannotBeTold() {
    NetworkPlan plan = plain();
    for (List<Double> wrong :
        List.of(List.of(0.5, 0.5), List.of(0.5, 0.6, -0.1), List.of(1.0, 1.0, 1.0))) {
      assertThatThrownBy(() -> plan.preferring(wrong))
          .hasMessageContaining("one share for each of 3 tasks, none negative, of sum 1");
    }
    NetworkPlan numbers =
        new NetworkPlan(
            Architectures.known().entry("constant"),
            Map.of(),
            plan.tasks(),
            List.of(new Column("image", Column.Role.INPUT, ElementType.FLOAT32, List.of(7))),
            plan.targets(),
            Map.of());
    assertThatThrownBy(() -> numbers.preferring(SHARES))
        .hasMessageContaining("'constant' reads [image[7]]");
    NetworkPlan scripts =
        Tiny.plan(
            ScriptFiles.NETWORK, Map.of(), Tiny.threeTasks(), List.of(1, SIDE, SIDE), Map.of());
    assertThatThrownBy(() -> scripts.preferring(SHARES))
        .hasMessageContaining("'torchscript' is made of files");
  }
}
