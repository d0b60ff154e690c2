package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.network.Safetensors;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.options.ConfigurationException;

/** Runs in which each task has a batch normalisation of its own. */
class TaskNormalisationRunsTest {
  /** In layers of eight values a task a rounding grows tenfold a step: 1e-7 after the first. */
  private static final double SAME = 1e-3;

  private static final String SETTINGS =
      """
      run { directory = "%s", seed = 7 }
      data { directory = "%s", cache-mib = 16 }
      network { name = resnet18, width = 2, statistics = synchronised, normalisation = task }
      optimizer { name = sgd, momentum = 0.9 }
      schedule.rate = 0.01
      training { steps = 4, batch = 24 }
      checkpoint.every-steps = 2
      cluster { deadline-seconds = 60, threads = 1, ranks = 1 }
      %s
      """;

  @TempDir static Path folder;

  private static JavaSparkContext spark;
  private static Path data;

  @BeforeAll
  static void start() {
    data = StripesDataset.writeOfOwnImages(folder.resolve("stripes"));
    spark = Runs.spark("local[2]");
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static TrainingConfiguration run(String name, String... settings) {
    return run(data, name, settings);
  }

  private static TrainingConfiguration run(Path of, String name, String... settings) {
    return TrainingConfiguration.parse(
        SETTINGS.formatted(folder.resolve(name), of, String.join("\n", settings)));
  }

  private static float[] parameters(TrainingConfiguration configuration) {
    return Runs.parameters(configuration, StripesDataset.open(data).manifest());
  }

  @Test
  void ranksAndInterruptionsAreNotSeen() throws IOException {
    TrainingConfiguration one = run("one");
    Runs.train(spark, one);
    TrainingConfiguration two = run("two", "cluster.ranks = 2");
    Runs.train(spark, two);
    assertThat(Runs.difference(parameters(two), parameters(one))).isLessThan(SAME);
    TrainingConfiguration parts = run("parts", "cluster.ranks = 2");
    Runs.train(spark, parts.with("training.steps = 2"));
    Runs.train(spark, parts, TrainingRun.Start.RESUME);
    assertThat(Runs.model(folder.resolve("parts"))).isEqualTo(Runs.model(folder.resolve("two")));
    assertThat(Runs.lines(folder.resolve("parts"), "evaluation"))
        .isEqualTo(Runs.lines(folder.resolve("two"), "evaluation"))
        .isNotEmpty();
    Path model = folder.resolve("two/model/model.safetensors");
    try (InputStream in = Files.newInputStream(model)) {
      List<Safetensors.Declared> tensors = new SafetensorsReader(in, model.toString()).tensors();
      assertThat(tensors.stream().filter(tensor -> tensor.name().equals("encoder.bn1.running_var")))
          .singleElement()
          .satisfies(found -> assertThat(found.shape()).containsExactly(3L, 2L));
    }
  }

  @Test
  void anImageWithLabelsOfTwoTasksIsRefusedInALine() {
    Path both = StripesDataset.write(folder.resolve("both"));
    assertThatThrownBy(() -> Runs.train(spark, run(both, "refused")))
        .hasStackTraceContaining("a sample has labels of tasks 'row' and 'column'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network.statistics = rank | network.normalisation = task normalises the images that a"
            + " task has in the whole batch, and network.statistics is rank; set"
            + " network.statistics = synchronised",
        "network.pretrained = \"file\" | network.normalisation = task cannot start from"
            + " network.pretrained, which has one batch normalisation and not one for each task;"
            + " leave one of them out",
        "training.micro-batch = 4 | training.micro-batch = 4: network.statistics = synchronised"
            + " needs the whole batch at once; set ghost, or leave training.micro-batch out"
      })
  void whatDoesNotFitIsRefused(String setting, String message) {
    assertThatThrownBy(() -> run("none", setting))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }
}
