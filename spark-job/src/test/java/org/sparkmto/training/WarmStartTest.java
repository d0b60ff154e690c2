package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.network.Safetensors;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.options.ConfigurationException;

/** Runs that start from what an earlier one left, and what is said before a run. */
class WarmStartTest extends StripesRuns {
  /** So small a rate that weights stay as they started, to their last bits but one. */
  private static final String STILL = "schedule.rate = 1e-30";

  @BeforeAll
  static void start() {
    open("local[2]");
    Runs.train(spark, run("first", "data.tasks = [row, column]"));
  }

  private static String model() {
    return "start.model = \"" + folder.resolve("first") + "\"";
  }

  private static Map<String, String> tensors(String run) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (InputStream in = Files.newInputStream(folder.resolve(run + "/model/model.safetensors"))) {
      SafetensorsReader reader = new SafetensorsReader(in, run);
      for (Safetensors.Declared tensor : reader.tensors()) {
        float[] values = new float[(int) tensor.elements()];
        reader.floats(values, 0, values.length);
        found.put(tensor.name(), java.util.Arrays.toString(values));
      }
    }
    return found;
  }

  @Test
  void aNetworkStartsFromTheEncoderAndTheHeadsOfTheSameNames() throws IOException {
    String said = Runs.train(spark, run("warm", model(), STILL, "data.tasks = [column, diagonal]"));
    assertThat(said)
        .contains("starts from " + folder.toRealPath().toUri().getScheme())
        .contains("taken: the encoder (6 tensors) and the heads of column")
        .contains(
            "not taken: the heads of diagonal (no heads.diagonal.fc1.weight) start anew; not used"
                + " are the model's heads of row");
    Map<String, String> before = tensors("first");
    Map<String, String> after = tensors("warm");
    assertThat(after).containsKey("heads.diagonal.fc1.weight");
    after.forEach(
        (name, values) -> {
          if (!name.startsWith("heads.diagonal")) {
            assertThat(values).as(name).isEqualTo(before.get(name));
          }
        });
  }

  /**
   * Heads are fine-tuned so: nothing of the encoder moves, neither by decay nor by momentum, nor
   * its running statistics, which a look at a batch would move.
   */
  @ParameterizedTest
  @ValueSource(strings = {"ew", "imtl", "pcgrad"})
  void aFrozenEncoderOfAnEarlierModelKeepsItsBits(String method) throws IOException {
    String network = "network = null, network { name = resnet18, width = 4 }";
    if (!Files.exists(folder.resolve("normalising"))) {
      Runs.train(spark, run("normalising", network, "training { steps = 3, batch = 12 }"));
    }
    String[] settings = {
      network,
      "start.model = \"" + folder.resolve("normalising") + "\"",
      "update.freeze-encoder-steps = -1",
      "optimizer { name = adamw, weight-decay = 0.1 }",
      "method.name = " + method,
      "training { steps = 4, batch = 12 }",
      "cluster.ranks = 2"
    };
    Runs.train(spark, run("tuned-" + method, settings));
    Map<String, String> before = tensors("normalising");
    Map<String, String> after = tensors("tuned-" + method);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after).containsKey("encoder.bn1.running_var");
    after.forEach(
        (name, values) ->
            assertThat(values.equals(before.get(name)))
                .as(name)
                .isEqualTo(name.startsWith("encoder.")));
  }

  @Test
  void anEncoderCanBeTakenAloneByAnyNumberOfRanks() throws IOException {
    String[] settings = {model(), STILL, "start.take = encoder", "cluster.ranks = 2"};
    String said = Runs.train(spark, run("encoder", settings));
    assertThat(said)
        .contains("taken: the encoder (6 tensors)\n")
        .contains("row, column, diagonal start anew");
    assertThat(tensors("encoder").get("encoder.fc.weight"))
        .isEqualTo(tensors("first").get("encoder.fc.weight"));
    assertThat(tensors("encoder").get("heads.row.fc1.weight"))
        .isNotEqualTo(tensors("first").get("heads.row.fc1.weight"));
  }

  @Test
  void whatIsNoModelOrAnotherNetworkIsRefusedBeforeARun() throws IOException {
    Configuration hadoop = new Configuration();
    assertThatThrownBy(
            () ->
                TrainingRun.check(
                    run("refused", model(), "network.width = 3"), TrainingRun.Start.NEW, hadoop))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("start.model: ")
        .hasMessageContaining("its encoder is not that of network 'small-conv'");
    assertThatThrownBy(
            () ->
                TrainingRun.check(
                    run("refused", "start.model = \"" + folder.resolve("none") + "\""),
                    TrainingRun.Start.NEW,
                    hadoop))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("start.model: ")
        .hasMessageContaining("there is no such run");
    assertThatThrownBy(() -> run("refused", model(), "network.pretrained = x"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("start.model and network.pretrained");
    Path copy = Files.createDirectories(folder.resolve("damaged"));
    for (String file : new String[] {"manifest.json", "model.safetensors"}) {
      Files.copy(folder.resolve("first/model/" + file), copy.resolve(file));
    }
    byte[] weights = Runs.bytes(copy.resolve("model.safetensors"));
    weights[weights.length - 5] ^= 1;
    Files.write(copy.resolve("model.safetensors"), weights);
    assertThatThrownBy(
            () ->
                TrainingRun.check(
                    run("refused", "start.model = \"" + copy + "\""),
                    TrainingRun.Start.NEW,
                    hadoop))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is not what was written");
  }

  @Test
  void aDryRunSaysWhatARunWouldTakeAndWritesNothing() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    TrainingConfiguration dry = run("dry", model());
    TrainingRun.dryRun(dry, TrainingRun.Start.NEW, new Configuration(), out);
    String text = said.toString(StandardCharsets.UTF_8);
    assertThat(text)
        .startsWith(dry.render())
        .contains("# 240 samples of train in batches of 24: 10 steps an epoch, 20 steps altogether")
        .contains("outside the heap")
        .containsPattern("and up to \\d+ MiB of the heap for what it reads ahead")
        .contains("# taken: the encoder (6 tensors) and the heads of row, column");
    // What is said is a configuration still, for the rest are comments.
    assertThat(TrainingConfiguration.parse(text).render()).isEqualTo(dry.render());
    assertThat(folder.resolve("dry")).doesNotExist();
    assertThatThrownBy(
            () -> TrainingRun.dryRun(run("first"), TrainingRun.Start.NEW, new Configuration(), out))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is not empty");
  }

  @Test
  void aDryRunCountsOneAsOne() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    TrainingConfiguration one =
        run("dry", "data.tasks = [row]", "training { batch = 240, steps = 1 }");
    TrainingRun.dryRun(one, TrainingRun.Start.NEW, new Configuration(), out);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("on 1 task of stripes", "1 step an epoch, 1 step altogether");
  }

  @Test
  void aDryRunOfTasksAloneSaysWhatEachNetworkWouldBe() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    SingleTaskBaselines.dryRun(run("dry"), TrainingRun.Start.NEW, new Configuration(), out);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("# the network of row\n", "# the network of column\n")
        .containsPattern("(?s)\"?tasks\"? ?= ?\\[\\s*\"?row.*tasks\"? ?= ?\\[\\s*\"?column")
        .contains(
            "# 240 samples of train in batches of 24: 10 steps an epoch, 20 steps altogether");
    assertThat(folder.resolve("dry")).doesNotExist();
  }
}
