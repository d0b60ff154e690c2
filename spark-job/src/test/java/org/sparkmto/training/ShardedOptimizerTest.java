package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.step.TinyProblem;
import org.sparkmto.trial.SyntheticProblem;

/** Ranks that share the optimiser's state train as ranks that all have it. */
class ShardedOptimizerTest {
  private static final TinyProblem GAPS = new TinyProblem(3, 23, 0.4);
  private static final String SHARDED = "cluster.shard-optimizer = true";

  /** Ranks are threads here; each with threads of its own would wait for the others'. */
  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  private static String[] with(String setting, String... settings) {
    return Stream.concat(Stream.of(settings), Stream.of(setting)).toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer { name = sgd, momentum = 0.9, nesterov = true, weight-decay = 0.1 }",
        "optimizer { name = sgd }",
        "optimizer { name = adam, weight-decay = 0.1 }, update.clip-norm = 0.05",
        "optimizer { name = adamw, weight-decay = 0.1 }, update.decay = matrices",
        "optimizer { name = adagrad }, update { encoder-rate = 0.5, head-rate = 2 }",
        "optimizer { name = rmsprop }, update.freeze-encoder-steps = 2",
        "optimizer { name = signum }, method { name = pcgrad, level = parameters }",
        "optimizer { name = adam }, method.name = famo",
        "optimizer { name = adam }, method.name = auto-lambda",
        "optimizer { name = adam }, method.name = mao",
        "optimizer { name = adam }, method.name = adatask",
        "optimizer { name = adam }, method.name = mtl-io",
      })
  void theBitsAreThoseOfRanksThatHaveAllOfTheState(String settings) throws Exception {
    String rate = "schedule.rate = 0.01";
    List<float[]> whole = GAPS.trained(3, 4, settings, rate);
    List<float[]> sharded = GAPS.trained(3, 4, settings, rate, SHARDED);
    for (int rank = 0; rank < 3; rank++) {
      assertThat(Arrays.mismatch(sharded.get(rank), whole.get(rank)))
          .as("rank %d", rank)
          .isEqualTo(-1);
    }
  }

  /** So many parameters that they go round in two rounds, the last of which is not full. */
  @Test
  void slicesOfALargeNetworkComeTogetherInTheirPlaces() throws Exception {
    SyntheticProblem problem = SyntheticProblem.residual(2, 48, 32, 3);
    assertThat(problem.sharedParameters()).isGreaterThan(5 << 20);
    List<float[]> ends = new ArrayList<>();
    for (String setting : List.of("cluster.shard-optimizer = false", SHARDED)) {
      TrainingConfiguration configuration =
          TrainingConfiguration.parse(
              problem.configuration("name = ew", "optimizer.name = adam", 0.01, setting));
      Aggregator aggregator = problem.aggregator(configuration);
      ends.addAll(
          Ranks.run(
              3,
              group -> {
                try (Replica replica = Replica.of(problem.plan(), Draws.of(11));
                    GradientRoute route =
                        TinyProblem.route(configuration, replica, group, aggregator::weigh)) {
                  route.step(problem.part(group.rank(), 3), 0, 0);
                  return TinyProblem.values(replica.parameters());
                }
              }));
    }
    assertThat(ends).allMatch(end -> Arrays.mismatch(end, ends.get(0)) == -1);
  }

  /** What is in a checkpoint, and how much of the state the ranks have. */
  @SuppressWarnings("ArrayRecordComponent") // lives for one test
  private record Half(byte[] optimizer, float[] parameters, long held) {}

  private static Half half(Replica replica, GradientRoute route) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    float[] parameters = TinyProblem.values(replica.parameters());
    route.saveOptimizer(out);
    return new Half(
        out.toByteArray(),
        parameters,
        route.optimizerState().values().stream().mapToLong(FlatVector::length).sum());
  }

  /** The same of all ranks, and what the driver remembers. */
  private record Halves(List<Half> ranks, Map<String, double[]> driver) {
    byte[] optimizer() {
      return ranks.get(0).optimizer();
    }

    float[] parameters() {
      return ranks.get(0).parameters();
    }
  }

  /** Steps {@code from} to {@code to - 1}, from what a checkpoint holds. */
  private static Halves steps(int ranks, Halves start, int from, int to, String... settings)
      throws Exception {
    TrainingConfiguration configuration = GAPS.configuration(settings);
    Aggregator aggregator = GAPS.aggregator(configuration);
    if (from > 0) {
      aggregator.restore(start.driver());
    }
    Ranks.Body<Half> body =
        group -> {
          try (Replica replica = GAPS.replica();
              GradientRoute route =
                  TinyProblem.route(configuration, replica, group, aggregator::weigh)) {
            if (from > 0) {
              replica.parameters().write(0, start.parameters(), 0, start.parameters().length);
              route.restoreOptimizer(new ByteArrayInputStream(start.optimizer()), "optimizer");
            }
            GAPS.train(route, from, to);
            return half(replica, route);
          }
        };
    return new Halves(
        ranks == 1 ? List.of(body.run(new SoloGroup())) : Ranks.run(ranks, body),
        aggregator.save());
  }

  @Test
  void aRunGoesOnWithAnyNumberOfRanksAndEitherWay() throws Exception {
    String[] all = {"method.name = ew", "optimizer.name = adam", "schedule.rate = 0.01"};
    String[] sharded = with(SHARDED, all);
    Halves start = steps(3, null, 0, 3, sharded);
    assertThat(start.optimizer()).isEqualTo(steps(3, null, 0, 3, all).optimizer());
    long total = 2L * start.parameters().length;
    assertThat(start.ranks()).allMatch(half -> Math.abs(half.held() - total / 3.0) < 2);
    assertThat(start.ranks().stream().mapToLong(Half::held).sum()).isEqualTo(total);

    List<float[]> ends = new ArrayList<>();
    for (int ranks = 1; ranks <= 3; ranks++) {
      assertThat(steps(ranks, start, 3, 3, sharded).optimizer()).isEqualTo(start.optimizer());
      Halves apart = steps(ranks, start, 3, 6, sharded);
      Halves together = steps(ranks, start, 3, 6, all);
      assertThat(apart.parameters()).isEqualTo(together.parameters());
      assertThat(apart.optimizer()).isEqualTo(together.optimizer());
      ends.add(apart.parameters());
    }
    assertThat(ends.get(2)).isEqualTo(steps(3, null, 0, 6, all).parameters());
    assertThat(Runs.difference(ends.get(0), ends.get(2))).isLessThan(1e-4);
  }

  @Test
  void theSumOfMemoryAndTheIdentityOfARunKnowOfIt(@TempDir Path folder) {
    Path data = StripesDataset.write(folder.resolve("stripes"));
    TrainingConfiguration all =
        Runs.configuration(data, folder.resolve("run"), "optimizer.name = adam");
    TrainingConfiguration sharded = all.with(SHARDED);
    RunPlan plan = RunPlan.of(all, new Configuration());
    long state = 2L * Float.BYTES * plan.layout().total();
    long saved =
        plan.nativeBytesPerRank(4) - RunPlan.of(sharded, new Configuration()).nativeBytesPerRank(4);
    assertThat((double) saved).isBetween(0.75 * state - 8 * Float.BYTES, 0.75 * state);
    assertThat(sharded.identity()).isEqualTo(all.identity());
  }
}
