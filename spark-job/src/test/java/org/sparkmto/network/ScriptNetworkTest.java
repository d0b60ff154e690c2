package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.Batch;
import org.sparkmto.data.TaskKind;
import org.sparkmto.random.Draws;

/** Networks of TorchScript files compute what the same layers do that are made here. */
class ScriptNetworkTest {
  @TempDir Path folder;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  private static NetworkPlan tasks() {
    return Tiny.smallConvolutional(
        List.of(
            Tiny.task("first", TaskKind.BINARY, 0, 2), Tiny.task("second", TaskKind.BINARY, 1, 2)));
  }

  private ScriptFiles files(String version, String kind) {
    return ScriptFixtures.files(ScriptFixtures.unpack(version, folder), kind);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.10.0", "2.15.0"})
  void aResidualNetworkOfPyTorchIsTheBuiltInOne(String version) throws IOException {
    NetworkPlan scripted = ScriptFixtures.plan(tasks(), files(version, "residual"));
    NetworkPlan built = ScriptFixtures.other(tasks(), "resnet18", Map.of("width", 2L));
    scripted.tryOut();
    assertThat(names(scripted)).containsExactlyInAnyOrderElementsOf(names(built));
    Batch batch = Tiny.batch(built, 5, 3, false);
    try (Replica ours = Replica.of(scripted, Draws.of(1));
        Replica theirs = Replica.of(built, Draws.of(2))) {
      theirs.weights().readWarm(new ByteArrayInputStream(weights(ours)), "weights", false);
      for (int step = 0; step < 4; step++) { // running statistics move, too
        double[] losses = losses(theirs, batch);
        assertThat(losses(ours, batch)).containsExactly(losses, within(1e-6));
      }
      List<float[]> expected = theirs.predict(batch);
      List<float[]> answers = ours.predict(batch);
      for (int task = 0; task < expected.size(); task++) {
        assertThat(answers.get(task)).containsExactly(expected.get(task), within(1e-6f));
      }
    }
  }

  private static final String LAYER = "y = torch.linear(torch.flatten(x, 1), self.weight)";

  private static ScriptSources encoder(String... lines) {
    List<String> all = new ArrayList<>(List.of(LAYER));
    all.addAll(List.of(lines));
    return ScriptSources.of(all.toArray(String[]::new)).learning("weight", 3, 64);
  }

  private static ScriptSources head(String line) {
    return ScriptSources.of(line).learning("weight", 1, 3);
  }

  private NetworkPlan plan(ScriptSources encoder, ScriptSources head) {
    return ScriptFixtures.plan(
        tasks(),
        new ScriptFiles(
            Optional.of(encoder.write(folder.resolve("encoder.pt"))),
            Optional.of(head.write(folder.resolve("head.pt"))),
            Map.of()));
  }

  private static final String ANSWER = "return torch.linear(x, self.weight)";

  static Stream<Arguments> encodersThatCannotBeTrained() {
    return Stream.of(
        arguments(
            "decides by the numbers in a tensor what it computes (an if at",
            encoder("if bool(torch.sum(y) > 0):", "    y = torch.relu(y)", "return y")),
        arguments(
            "decides by the numbers in a tensor what it computes (a loop at",
            encoder("while bool(torch.sum(y) > 1):", "    y = y * 0.5", "return y")),
        arguments(
            "encoder.pt has no parameters to train; export it without torch.jit.freeze",
            ScriptSources.of("return torch.flatten(x, 1)")),
        arguments(
            "encoder.pt: its parameter spare has no part in what it gives",
            encoder("return y").learning("spare", 2)),
        arguments("gives a tensor without gradient", encoder("return torch.detach(y)")),
        arguments("draws at random in evaluation", encoder("return torch.dropout(y, 0.5, True)")),
        arguments(
            "changes running_mean in evaluation, too",
            encoder(
                    "return torch.batch_norm(y, None, None, self.running_mean, self.running_var,"
                        + " True, 0.1, 0.00001, False)")
                .keeping("running_mean", 3)
                .keeping("running_var", 3)),
        arguments("encoder.pt gives a Tuple, and must give one tensor", encoder("return (y, y)")),
        arguments("encoder.pt gives a single number of type Float", encoder("return torch.sum(y)")),
        arguments(
            "encoder.pt fails: mat1 and mat2 shapes cannot be multiplied",
            ScriptSources.of(LAYER, "return y").learning("weight", 3, 65)),
        arguments(
            "changes count in evaluation",
            encoder("self.count.add_(1)", "return y").keeping("count", 1)));
  }

  @ParameterizedTest
  @MethodSource("encodersThatCannotBeTrained")
  void anEncoderThatCannotBeTrainedIsRefusedInOneLine(String message, ScriptSources encoder) {
    assertRefused(message, plan(encoder, head(ANSWER)));
  }

  static Stream<Arguments> headsThatCannotBeTrained() {
    return Stream.of(
        arguments(
            "the head of task 'first', head.pt, gives 2 x 2 of type Float of two samples; its loss"
                + " needs 2 x 1",
            ScriptSources.of(ANSWER).learning("weight", 2, 3)),
        arguments("changes z in place", head("return torch.linear(torch.relu_(x), self.weight)")),
        arguments(
            "head.pt: z has no part in what it gives",
            head("return self.weight.sum().expand(x.size(0), 1)")));
  }

  @ParameterizedTest
  @MethodSource("headsThatCannotBeTrained")
  void aHeadThatCannotBeTrainedIsRefusedInOneLine(String message, ScriptSources head) {
    assertRefused(message, plan(encoder("return y"), head));
  }

  private static void assertRefused(String message, NetworkPlan plan) {
    assertThatThrownBy(plan::tryOut)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void aFileOfAnotherKindIsRefusedByItsName() throws IOException {
    ScriptFixtures.unpack("2.15.0", folder);
    Path text = Files.writeString(folder.resolve("notes.pt"), "no archive");
    assertUnloadable(text, "notes.pt cannot be loaded as TorchScript: it is no archive of PyTorch");
    assertUnloadable(folder.resolve("state.pt"), "without code, such as a state_dict");
    assertUnloadable(
        folder.resolve("operator.pt"),
        "this libtorch, 2.10, has no operator ours::twice; export it with PyTorch 2.10");
  }

  private static void assertUnloadable(Path file, String message) {
    assertThatThrownBy(() -> ScriptFixtures.file(file).slots())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void whatIsDrawnInTrainingIsAFunctionOfSeedStepAndSamples() {
    ScriptSources drawing =
        ScriptSources.of(LAYER, "return torch.dropout(y, 0.5, self.training)")
            .learning("weight", 3, 64)
            .thatTrains();
    NetworkPlan plan = plan(drawing, head(ANSWER));
    plan.tryOut();
    Batch batch = Tiny.batch(plan, 4, 3, false);
    try (Replica one = Replica.of(plan, Draws.of(1));
        Replica other = Replica.of(plan, Draws.of(1))) {
      one.at(5);
      other.at(5);
      double[] losses = losses(one, batch);
      assertThat(losses(one, batch)).containsExactly(losses);
      assertThat(losses(other, batch)).containsExactly(losses);
      other.at(6);
      assertThat(losses(other, batch)).isNotEqualTo(losses);
      assertThat(other.predict(batch)).usingRecursiveComparison().isEqualTo(one.predict(batch));
    }
  }

  /** It is one block, whose draws are those of the step. */
  @Test
  void anEncoderThatIsRunAgainDrawsTheSameAndLearnsTheSame() {
    ScriptSources drawing =
        ScriptSources.of(LAYER, "return torch.dropout(y, 0.5, self.training)")
            .learning("weight", 3, 64)
            .thatTrains();
    NetworkPlan plan = plan(drawing, head(ANSWER));
    Batch batch = Tiny.batch(plan, 4, 3, false);
    double[] weights = {1, 2};
    List<float[]> gradients = new ArrayList<>();
    for (PassSettings.Recompute recompute : PassSettings.Recompute.values()) {
      try (Replica replica = Replica.of(plan, Draws.of(1))) {
        replica.makePasses(PassSettings.USUAL.with(recompute));
        try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
          gradients.add(Tiny.values(pass.backward(weights, weights)));
        }
      }
    }
    assertThat(gradients.get(1)).isEqualTo(gradients.get(0)).doesNotContain(Float.NaN);
  }

  @Test
  void whatIsNotLearnedStaysAsItsFileHasIt() {
    NetworkPlan plan = plan(encoder("return y + self.table").keeping("table", 3), head(ANSWER));
    plan.tryOut();
    assertThat(names(plan))
        .containsExactly("encoder.weight", "heads.first.weight", "heads.second.weight");
  }

  @Test
  void layersThatShareTheirWeightsGoOnSharingThem() {
    // Two linear layers with one tensor, as PyTorch's tied embeddings.
    ScriptSources tied =
        ScriptSources.of(
                "y = torch.linear(torch.flatten(x, 1)[:, :3], self.weight)",
                "return torch.linear(y, self.twin)")
            .learning("weight", 3, 3)
            .sharing("twin", "weight");
    NetworkPlan plan = plan(tied, head(ANSWER));
    plan.tryOut();
    assertThat(names(plan))
        .containsExactly("encoder.weight", "heads.first.weight", "heads.second.weight");
    Batch batch = Tiny.batch(plan, 4, 3, false);
    try (Replica replica = Replica.of(plan, Draws.of(1))) {
      float[] before = replica.predict(batch).get(0);
      replica.parameters().scale(2);
      assertThat(replica.predict(batch).get(0)[0]).isCloseTo(8 * before[0], within(1e-5f));
    }
  }

  @Test
  void theTrainedNetworkIsWrittenAsFilesThatComputeTheSame() throws IOException {
    NetworkPlan plan = ScriptFixtures.plan(tasks(), files("2.10.0", "residual"));
    Batch batch = Tiny.batch(plan, 3, 3, false);
    try (Replica replica = Replica.of(plan, Draws.of(1))) {
      losses(replica, batch);
      replica.parameters().scale(1.5);
      Path trained = Files.createDirectory(folder.resolve("trained"));
      List<Path> saved = replica.saveScripts(trained);
      assertThat(saved)
          .extracting(file -> file.getFileName().toString())
          .containsExactly("encoder.pt", "head-1-first.pt", "head-2-second.pt");
      assertThat(Files.size(saved.get(1))).as("without the rest of the network").isLessThan(8_000);
      ScriptFiles files =
          new ScriptFiles(
              Optional.of(ScriptFixtures.file(saved.get(0))),
              Optional.empty(),
              Map.of(
                  "first", ScriptFixtures.file(saved.get(1)),
                  "second", ScriptFixtures.file(saved.get(2))));
      try (Replica again = Replica.of(ScriptFixtures.plan(tasks(), files), Draws.of(2))) {
        assertThat(weights(again)).isEqualTo(weights(replica));
        assertThat(again.predict(batch))
            .usingRecursiveComparison()
            .isEqualTo(replica.predict(batch));
      }
    }
  }

  @Test
  void aFileOfWeightsGoesOverThoseOfTheFiles() throws IOException {
    NetworkPlan plan = ScriptFixtures.plan(tasks(), files("2.15.0", "small"));
    try (Replica changed = Replica.of(plan, Draws.of(1));
        Replica replica = Replica.of(plan, Draws.of(1))) {
      changed.parameters().scale(3);
      replica.weights().readPretrained(new ByteArrayInputStream(weights(changed)), "weights");
      Batch batch = Tiny.batch(plan, 2, 3, false);
      assertThat(replica.predict(batch)).isNotEqualTo(changed.predict(batch));
      long shared = replica.layout().shared();
      float[] expected = Arrays.copyOf(Tiny.values(changed.parameters()), (int) shared);
      assertThat(Arrays.copyOf(Tiny.values(replica.parameters()), (int) shared))
          .isEqualTo(expected);
    }
  }

  private static List<String> names(NetworkPlan plan) {
    List<String> names = new ArrayList<>();
    ParameterBook book = plan.declare().book();
    Tiny.parameters(book).forEach(parameter -> names.add(parameter.name()));
    book.buffers().forEach(buffer -> names.add(buffer.name()));
    return names;
  }

  private static double[] losses(Replica replica, Batch batch) {
    try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      return pass.lossSums();
    }
  }

  private static byte[] weights(Replica replica) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    replica.weights().write(out);
    return out.toByteArray();
  }
}
