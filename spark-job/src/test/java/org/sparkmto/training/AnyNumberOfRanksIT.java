package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;

/**
 * Every method whose gradients lie in slices ends with the same parameters on 1, 3 and 7 ranks of
 * the real job. Shares of a batch are unequal, and so are slices.
 */
class AnyNumberOfRanksIT {
  private static final double SAME = 1e-4;

  @TempDir static Path folder;

  @Test
  void everySlicedMethodGivesTheSameParametersOnOneThreeAndSevenRanks() {
    Path data = StripesDataset.write(folder.resolve("stripes"), List.of(0.0, 0.3, 0.1));
    double worst = 0;
    double least = Double.POSITIVE_INFINITY;
    String worstMethod = "";
    int compared = 0;
    SoftAssertions softly = new SoftAssertions();
    try (JavaSparkContext spark = Runs.spark("local[7]")) {
      for (String method : Runs.everyMethod()) {
        if (!slices(configuration(data, "none", method, 1))) {
          continue;
        }
        float[] one = parameters(spark, data, method, 1);
        double moved = Runs.difference(one, start(data, method));
        softly.assertThat(moved).as("%s moves", method).isGreaterThan(10 * SAME);
        least = Math.min(least, moved);
        for (int ranks : new int[] {3, 7}) {
          double difference = Runs.difference(parameters(spark, data, method, ranks), one);
          softly.assertThat(difference).as("%s, %d ranks", method, ranks).isLessThan(SAME);
          compared++;
          if (!(difference <= worst)) {
            worst = difference;
            worstMethod = method + ", " + ranks + " ranks";
          }
        }
      }
    }
    System.out.printf(
        "%d comparisons with one rank, largest difference %.1e (%s), least movement %.1e%n",
        compared, worst, worstMethod, least);
    softly.assertAll();
    assertThat(compared).isGreaterThanOrEqualTo(50);
  }

  private static boolean slices(TrainingConfiguration configuration) {
    MethodEntry.Made made = configuration.method();
    return made.rowsPerTask() > 0;
  }

  private static TrainingConfiguration configuration(
      Path data, String name, String method, int ranks) {
    return Runs.configuration(
        data,
        folder.resolve(name),
        method,
        "training { steps = 4, batch = 42 }",
        "data.validation = \"\"",
        "cluster.ranks = " + ranks);
  }

  private static float[] start(Path data, String method) {
    TrainingConfiguration configuration = configuration(data, "none", method, 1);
    try (Replica replica =
        Replica.of(
            configuration.networkPlan(StripesDataset.open(data).manifest()),
            Draws.of(configuration.seed()))) {
      return TinyProblem.values(replica.parameters());
    }
  }

  private static float[] parameters(JavaSparkContext spark, Path data, String method, int ranks) {
    String name = method.replaceAll("\\W+", "-") + ranks;
    TrainingConfiguration configuration = configuration(data, name, method, ranks);
    Runs.train(spark, configuration);
    return Runs.parameters(configuration, StripesDataset.open(data).manifest());
  }
}
