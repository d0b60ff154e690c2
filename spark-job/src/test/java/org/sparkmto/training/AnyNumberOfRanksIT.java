package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.step.TinyProblem;

/**
 * Every kind of method whose gradients lie in slices ends with the same parameters on one rank and
 * on seven of the real job. Shares of a batch are unequal, and so are slices. {@code RoutesTest}
 * has every method, on ranks that are threads.
 */
class AnyNumberOfRanksIT {
  private static final double SAME = 1e-4;

  @TempDir static Path folder;

  private static Path data;
  private static JavaSparkContext spark;

  @BeforeAll
  static void open() {
    data = StripesDataset.write(folder.resolve("stripes"), List.of(0.0, 0.3, 0.1));
    spark = Runs.spark("local[7]");
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  static List<String> slicedKinds() {
    return Runs.oneOfEachKind().stream()
        .filter(method -> slices(configuration("none", method, 1)))
        .toList();
  }

  @Test
  void goesOverTheKindsThatHaveSlices() {
    assertThat(slicedKinds()).hasSizeGreaterThanOrEqualTo(8);
  }

  @ParameterizedTest
  @MethodSource("slicedKinds")
  void givesTheSameParametersOnOneRankAndOnSeven(String method) {
    float[] one = parameters(method, 1);
    assertThat(Runs.difference(one, start(method))).as("it moves").isGreaterThan(10 * SAME);
    assertThat(Runs.difference(parameters(method, 7), one)).isLessThan(SAME);
  }

  /**
   * Groups of the batch, or the whole batch: what networks with batch normalisation need for it.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "network { statistics = ghost, ghost-samples = 10 }",
        "network.statistics = synchronised"
      })
  void aNetworkWithBatchNormalisationIsTheSameOnOneRankAndOnTwoAlsoAfterAPause(String statistics)
      throws Exception {
    Run one = normalised("one", statistics, 1, 4, TrainingRun.Start.NEW);
    Run two = normalised("two", statistics, 2, 4, TrainingRun.Start.NEW);
    normalised("paused", statistics, 2, 2, TrainingRun.Start.NEW);
    Run paused = normalised("paused", statistics, 2, 4, TrainingRun.Start.RESUME);
    assertThat(Runs.model(paused.folder)).isEqualTo(Runs.model(two.folder));
    assertThat(Runs.difference(two.weights, one.weights)).isLessThan(SAME);
    assertThat(Runs.lines(two.folder, "evaluation")).isNotEmpty();
    // Both are tried on the same images.
    ModelExport.write(
        TrainedModel.open(two.folder.toString(), new Configuration()),
        ModelExport.Format.TORCHSCRIPT,
        two.folder + "-exported",
        new Configuration());
  }

  /** What a run leaves: parameters, then running statistics. */
  private static final class Run {
    private final Path folder;
    private final float[] weights;

    Run(Path folder, float[] weights) {
      this.folder = folder;
      this.weights = weights;
    }
  }

  private static Run normalised(
      String name, String statistics, int ranks, int steps, TrainingRun.Start start) {
    Path run = folder.resolve(name + statistics.replaceAll("\\W+", "-"));
    TrainingConfiguration configuration =
        TrainingConfiguration.parse(
            """
            run { directory = "%s", seed = 7 }
            data.directory = "%s"
            network { name = resnet18, width = 4 }
            method.name = imtl-g
            optimizer { name = sgd, momentum = 0.9 }
            schedule.rate = 0.01
            training { steps = %d, batch = 40 }
            checkpoint.every-steps = 2
            cluster { ranks = %d, threads = 1 }
            """
                    .formatted(run, data, steps, ranks)
                + statistics);
    Runs.train(spark, configuration, start);
    try (Replica replica =
        TrainedModel.open(run.toString(), new Configuration())
            .replica(StripesDataset.open(data).manifest())) {
      float[] parameters = TinyProblem.values(replica.parameters());
      float[] all = Arrays.copyOf(parameters, parameters.length + (int) replica.buffers().length());
      replica.buffers().read(0, all, parameters.length, all.length - parameters.length);
      return new Run(run, all);
    }
  }

  private static boolean slices(TrainingConfiguration configuration) {
    return configuration.method().rowsPerTask() > 0;
  }

  private static TrainingConfiguration configuration(String name, String method, int ranks) {
    return Runs.configuration(
        data,
        folder.resolve(name),
        method,
        "training { steps = 4, batch = 40 }", // no two ranks of seven have parts of one size,
        "data.validation = \"\"",
        "cluster.ranks = " + ranks);
  }

  private static float[] start(String method) {
    TrainingConfiguration configuration = configuration("none", method, 1);
    try (Replica replica =
        Replica.of(
            configuration.networkPlan(StripesDataset.open(data).manifest()),
            Draws.of(configuration.seed()))) {
      return TinyProblem.values(replica.parameters());
    }
  }

  private static float[] parameters(String method, int ranks) {
    String name = method.replaceAll("\\W+", "-") + ranks;
    TrainingConfiguration configuration = configuration(name, method, ranks);
    Runs.train(spark, configuration);
    return Runs.parameters(configuration, StripesDataset.open(data).manifest());
  }
}
