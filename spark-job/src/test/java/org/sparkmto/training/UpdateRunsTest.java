package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.network.Safetensors;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.options.ConfigurationException;

/** Section {@code update} in whole runs. */
class UpdateRunsTest extends StripesRuns {
  private static final double SAME = 1e-4;
  private static final String FROZEN = "column";

  @BeforeAll
  static void start() {
    open("local[3]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "method.name = ew",
        "method { name = imtl, level = representation }",
        "method { name = pcgrad, level = parameters }",
        "method.name = graddrop"
      })
  void anyNumberOfRanksAndAnyInterruptionEndAlike(String method) {
    String name = method.replaceAll("\\W+", "-");
    String[] settings = {
      method,
      "average.decay = 0.8",
      "network.dropout = 0.3",
      "update { clip-norm = 0.2, decay = matrices, encoder-rate = 0.5, freeze-encoder-steps = 7 }",
      "optimizer { name = adamw, weight-decay = 0.1, epsilon = 1e-4 }",
      "checkpoint.every-steps = 5"
    };
    TrainingConfiguration one = run("one" + name, settings).with("cluster.ranks = 1");
    Runs.train(spark, one);
    for (int ranks = 2; ranks <= 3; ranks++) {
      TrainingConfiguration several =
          run("ranks" + ranks + name, settings).with("cluster.ranks = " + ranks);
      Runs.train(spark, several);
      assertThat(Runs.difference(parameters(several), parameters(one))).isLessThan(SAME);
    }
    TrainingConfiguration parts = run("parts" + name, settings).with("cluster.ranks = 2");
    Runs.train(spark, parts.with("training.steps = 5"));
    Runs.train(spark, parts.with("training.steps = 12"), TrainingRun.Start.RESUME);
    Runs.train(spark, parts, TrainingRun.Start.RESUME);
    assertThat(Runs.model(folder.resolve("parts" + name)))
        .isEqualTo(Runs.model(folder.resolve("ranks2" + name)));
  }

  @Test
  void theModelIsTheAverageAndTheCheckpointGoesOnFromTheWeights() {
    Runs.train(spark, run("averaged", "average.decay = 0.8"));
    Runs.train(spark, run("plain"));
    Path last = Path.of("checkpoints/step-00000020");
    assertThat(Runs.bytes(folder.resolve("averaged").resolve(last).resolve(Checkpoint.WEIGHTS)))
        .isEqualTo(Runs.model(folder.resolve("plain")));
    assertThat(Runs.model(folder.resolve("averaged")))
        .isEqualTo(Runs.bytes(folder.resolve("averaged").resolve(last).resolve(Checkpoint.AVERAGE)))
        .isNotEqualTo(Runs.model(folder.resolve("plain")));
    assertThat(Runs.lines(folder.resolve("averaged"), "evaluation"))
        .isNotEqualTo(Runs.lines(folder.resolve("plain"), "evaluation"));
  }

  /** 240 samples make epochs of ten steps. */
  @Test
  void theAverageOfTheLastEpochsIsTheModelAsSoonAsItHasBegun() {
    String[] settings = {"average.last-epochs = 2", "checkpoint { every-steps = 7, keep = 9 }"};
    TrainingConfiguration averaged = run("epochs", settings).with("training.steps = 24");
    Runs.train(spark, averaged);
    Path checkpoints = folder.resolve("epochs/checkpoints");
    assertThat(checkpoints.resolve("step-00000007").resolve(Checkpoint.AVERAGE)).doesNotExist();
    for (int step : new int[] {14, 24}) {
      Runs.train(spark, run("weights" + step).with("training.steps = " + step));
    }
    float[] model = parameters(averaged);
    float[] before = parameters(run("weights14"));
    float[] end = parameters(run("weights24"));
    for (int i = 0; i < model.length; i++) {
      assertThat(model[i]).isCloseTo((before[i] + end[i]) / 2, within(1e-6f));
    }
    assertThatThrownBy(
            () -> Runs.train(spark, averaged.with("training.steps = 30"), TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("training.steps was 24 and is 30");
    assertThatThrownBy(() -> averaged.with("average.decay = 0.9"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("average.decay and average.last-epochs are two averages");
  }

  @Test
  void aStepThatIsClippedSaysSoInTheLog() {
    Runs.train(spark, run("clipped", "update.clip-norm = 0.2", "checkpoint.every-steps = 6"));
    assertThat(Runs.steps(folder.resolve("clipped"))).hasSize(20);
    List<JsonNode> lines = Runs.lines(folder.resolve("clipped"), "step");
    assertThat(lines.get(0).path("clipped-from").asDouble()).isGreaterThan(0.2);
    assertThat(lines)
        .allSatisfy(
            line -> {
              if (line.has("clipped-from")) {
                assertThat(line.path("clipped-from").asDouble()).isGreaterThan(0.2);
              }
            });
    Runs.train(spark, run("short", "update.clip-norm = 1e6"));
    assertThat(Runs.lines(folder.resolve("short"), "step"))
        .hasSize(20)
        .noneMatch(line -> line.has("clipped-from"));
  }

  /** Batch normalisation would move its running statistics by looking at a batch. */
  @Test
  void aFrozenEncoderStaysAsItIsWithItsStatistics() throws IOException {
    String[] settings = {
      "network = null",
      "network { name = resnet18, width = 4 }",
      "update.freeze-encoder-steps = -1",
      "training { steps = 3, batch = 12 }"
    };
    Runs.train(spark, run("frozen", settings));
    Runs.train(spark, run("barely", settings).with("training.steps = 1"));
    Map<String, List<Float>> after = tensors("frozen", "encoder.");
    assertThat(after).containsKey("encoder.bn1.running_mean");
    assertThat(after).isEqualTo(tensors("barely", "encoder."));
    assertThat(tensors("frozen", "heads.")).isNotEqualTo(tensors("barely", "heads."));
  }

  /** Weight decay would move it, too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "method.name = ew",
        "method { name = ial, level = representation }",
        "method { name = cagrad, level = parameters }",
        "method.name = auto-lambda"
      })
  void aFrozenHeadStaysAsItIsAndItsLossCounts(String method) throws IOException {
    String name = "head" + method.replaceAll("\\W+", "-");
    String[] settings = {
      method,
      "optimizer { name = sgd, weight-decay = 0.1 }",
      "update.freeze-heads = [" + FROZEN + "]"
    };
    TrainingConfiguration several =
        run(name, settings).with("cluster.ranks = 2, training.steps = 3");
    Runs.train(spark, several);
    TrainingConfiguration one = run(name + "-one", settings).with("training.steps = 3");
    Runs.train(spark, one);
    TrainingConfiguration barely = run(name + "-barely", settings).with("training.steps = 1");
    Runs.train(spark, barely);
    String head = "heads." + FROZEN + ".";
    assertThat(tensors(name, head)).isNotEmpty().isEqualTo(tensors(name + "-barely", head));
    assertThat(tensors(name, "heads.")).isNotEqualTo(tensors(name + "-barely", "heads."));
    assertThat(Runs.difference(parameters(several), parameters(one))).isLessThan(SAME);
    assertThat(one.single(StripesDataset.open(data).manifest().tasks().get(1)).identity())
        .isEqualTo(
            one.with("update.freeze-heads = []")
                .single(StripesDataset.open(data).manifest().tasks().get(1))
                .identity());
  }

  private static Map<String, List<Float>> tensors(String run, String prefix) throws IOException {
    Path model = folder.resolve(run).resolve("model/model.safetensors");
    Map<String, List<Float>> found = new TreeMap<>();
    try (InputStream in = Files.newInputStream(model)) {
      SafetensorsReader reader = new SafetensorsReader(in, run);
      for (Safetensors.Declared tensor : reader.tensors()) {
        float[] values = new float[(int) tensor.elements()];
        reader.floats(values, 0, values.length);
        if (tensor.name().startsWith(prefix)) {
          found.put(
              tensor.name(), IntStream.range(0, values.length).mapToObj(i -> values[i]).toList());
        }
      }
    }
    return found;
  }

  @Test
  void aHeadThatIsNotThereIsNotFrozen() {
    TrainingConfiguration wrong = run("wrong", "update.freeze-heads = [colum]");
    assertThatThrownBy(() -> wrong.networkPlan(StripesDataset.open(data).manifest()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("update.freeze-heads names 'colum'")
        .hasMessageContaining("'column'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adatask     | update.clip-norm = 1            | update.clip-norm: every task has",
        "mtl-io      | update.decay = matrices         | update.decay: every task has",
        "adatask     | update.freeze-encoder-steps = 5 | update.freeze-encoder-steps: every task",
        "mao         | update.freeze-heads = [column] | update.freeze-heads: every task has",
        "auto-lambda | update.encoder-rate = 0.1       | update.encoder-rate: its trial step",
      })
  void whatAMethodHasNoPlaceForIsRefused(String method, String setting, String reason) {
    String rule = method.equals("auto-lambda") ? "sgd" : "adam";
    assertThatThrownBy(
            () -> run("refused", "method.name = " + method, "optimizer.name = " + rule, setting))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("method " + method + " cannot be trained with " + reason);
  }
}
