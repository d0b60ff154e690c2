package org.sparkmto.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.ExchangeException;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.step.TinyProblem;
import org.sparkmto.step.TrainedEnd;
import org.sparkmto.training.Runs;
import org.sparkmto.training.StripesDataset;

/** Networks with batch normalisation whose statistics do not depend on the number of ranks. */
@Tag("slow")
class StatisticsOverRanksTest {
  private static final int STEPS = 3;

  /**
   * Sums in another order, in single precision, through three steps. With statistics of a rank's
   * own, networks are 1e-2 apart.
   */
  private static final double ROUNDING = 1e-4;

  private static final Map<String, SyntheticProblem> PROBLEMS =
      Map.of(
          "resnet18", SyntheticProblem.residual(3, 4, 32, 12),
          "deeplab", SyntheticProblem.mixed(32, 12),
          "segnet",
              new SyntheticProblem(
                  "segnet", Map.of("width", 4L), SyntheticData.of("nyuv2", 32, 32), 12));

  /** Ranks are threads here; each with threads of its own would wait for the others'. */
  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  private static TrainedEnd trained(SyntheticProblem problem, int ranks, String... settings)
      throws Exception {
    return TrainedEnd.of(problem, ranks, STEPS, settings);
  }

  private static float[] start(SyntheticProblem problem) {
    try (Replica replica = Replica.of(problem.plan(), Draws.of(11))) {
      return TinyProblem.values(replica.parameters());
    }
  }

  /**
   * Passes that are made otherwise, in floats; {@link RanksInDoublesTest} has every kind of method.
   * Of SegNet a small step: it puts numbers back where the largest were, so that a rounding can
   * move them to another place.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resnet18 | method.name = ew, log.gradients-every = 1                   | ghost",
        "resnet18 | method.name = ew, update.freeze-encoder-steps = 1           | synchronised",
        "resnet18 | method.name = famo, network.recompute = blocks              | synchronised",
        "deeplab  | method { name = gradvac, per = layer }, network.recompute = blocks |"
            + " synchronised",
        "segnet   | method.name = uw, schedule.rate = 5e-4                      | ghost",
      })
  void ranksOfAnyNumberEndAlike(String network, String method, String statistics) throws Exception {
    SyntheticProblem problem = PROBLEMS.get(network);
    String[] settings = {
      method,
      "network.statistics = " + statistics,
      statistics.equals("ghost") ? "network.ghost-samples = 4" : ""
    };
    TrainedEnd one = trained(problem, 1, settings);
    assertThat(Runs.difference(one.parameters(), start(problem))).as("moved").isGreaterThan(1e-4);
    TrainedEnd three = trained(problem, 3, settings);
    assertThat(Runs.difference(three.parameters(), one.parameters())).isLessThan(ROUNDING);
    assertThat(Runs.difference(three.statistics(), one.statistics())).isLessThan(ROUNDING);
  }

  /**
   * NYUv2's usual batch: two images, on two ranks one each. With fewer than four values a channel a
   * layer makes much of every rounding, so the images are larger here and the step is smaller.
   */
  @ParameterizedTest
  @CsvSource({"ghost", "synchronised"})
  void aBatchOfTwoIsSharedByTwoRanks(String statistics) throws Exception {
    SyntheticProblem two = SyntheticProblem.residual(3, 4, 64, 2);
    String[] settings = {
      "schedule.rate = 0.001",
      "network.statistics = " + statistics,
      statistics.equals("ghost") ? "network.ghost-samples = 1" : ""
    };
    TrainedEnd one = trained(two, 1, settings);
    TrainedEnd both = trained(two, 2, settings);
    assertThat(Runs.difference(both.parameters(), one.parameters())).isLessThan(ROUNDING);
    assertThat(Runs.difference(both.statistics(), one.statistics())).isLessThan(ROUNDING);
  }

  @Test
  void withStatisticsOfARankTheNumberOfRanksIsSeen() throws Exception {
    SyntheticProblem problem = PROBLEMS.get("resnet18");
    TrainedEnd one = trained(problem, 1);
    TrainedEnd three = trained(problem, 3);
    assertThat(Runs.difference(three.parameters(), one.parameters())).isGreaterThan(1e-3);
  }

  /** A rounding is of 8 bits then: it is seen, and much less than what ranks do of themselves. */
  @Test
  void sixteenBitsLeaveOfTheNumberOfRanksTheirOwnRounding() throws Exception {
    SyntheticProblem problem = PROBLEMS.get("resnet18");
    String bf16 = "training.precision = bf16";
    double[] apart = new double[2];
    for (int i = 0; i < apart.length; i++) {
      String statistics = "network.statistics = " + List.of("rank", "synchronised").get(i);
      TrainedEnd one = trained(problem, 1, bf16, statistics);
      TrainedEnd three = trained(problem, 3, bf16, statistics);
      apart[i] = Runs.difference(three.parameters(), one.parameters());
    }
    assertThat(apart[1]).isLessThan(apart[0] / 3);
  }

  /** A group that loses a peer at some sum of a tensor. */
  private static RankGroup losing(int sums) {
    SoloGroup whole = new SoloGroup();
    AtomicInteger left = new AtomicInteger(sums);
    return (RankGroup)
        Proxy.newProxyInstance(
            RankGroup.class.getClassLoader(),
            new Class<?>[] {RankGroup.class},
            (self, method, arguments) -> {
              if (method.getName().equals("sum")
                  && arguments[0] instanceof Tensor
                  && left.getAndDecrement() == 0) {
                throw new ExchangeException("rank 1 is lost", new IllegalStateException("closed"));
              }
              return method.invoke(whole, arguments);
            });
  }

  /** libtorch calls the sums of a backward pass; of what they throw it gives back the words. */
  @ParameterizedTest
  @CsvSource({"0", "19", "20", "39"})
  void aPeerThatIsLostIsToldInTheForwardAndInTheBackwardPass(int sums) {
    SyntheticProblem problem = PROBLEMS.get("resnet18");
    TrainingConfiguration configuration =
        TrainedEnd.configuration(problem, "network.statistics = synchronised");
    Aggregator aggregator = problem.aggregator(configuration);
    try (RankGroup group = losing(sums);
        Replica replica = Replica.of(problem.plan(), Draws.of(11));
        GradientRoute route = TinyProblem.route(configuration, replica, group, aggregator::weigh)) {
      assertThatThrownBy(() -> route.step(problem.part(0, 1), 0, 0))
          .isInstanceOf(ExchangeException.class)
          .hasMessage("rank 1 is lost");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network.statistics = ghost | network.statistics = ghost needs network.ghost-samples",
        "network.ghost-samples = 4 | network.ghost-samples = 4 is for network.statistics = ghost",
        "network { statistics = ghost, ghost-samples = 5 } | training.batch = 12 is not a multiple",
        "network { statistics = ghost, ghost-samples = 4 }, cluster.ranks = 2"
            + " | multiple of 8 = network.ghost-samples = 4 times 2 ranks",
        "network { statistics = ghost, ghost-samples = 3 }, method.name = auto-lambda,"
            + " cluster.ranks = 4 | times 4 ranks times 2 parts of a batch",
        "network.statistics = batch | must be one of rank, ghost, synchronised",
      })
  void whatCannotBeIsRefusedInOneLine(String settings, String message) {
    assertThatThrownBy(() -> TrainedEnd.configuration(PROBLEMS.get("resnet18"), settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name = small-conv                                            | 'small-conv' has no batch",
        "name = torchscript, encoder = e.pt, heads { row = r.pt }     | 'torchscript' has no batch",
      })
  void aNetworkThatCannotBeToldIsRefused(String network, String message, @TempDir Path folder) {
    Path data = StripesDataset.write(folder.resolve("stripes"));
    TrainingConfiguration configuration =
        Runs.configuration(data, folder.resolve("run"))
            .with("network = null, network { %s, statistics = synchronised }".formatted(network));
    assertThatThrownBy(() -> configuration.networkPlan(StripesDataset.open(data).manifest()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("network.statistics = synchronised: network " + message);
  }

  @Test
  void aRunOfBeforeHasStatisticsOfARank() {
    SyntheticProblem problem = PROBLEMS.get("resnet18");
    assertThat(TrainedEnd.configuration(problem).identity())
        .doesNotContainKeys("network.statistics", "network.ghost-samples");
    assertThat(TrainedEnd.configuration(problem, "network.statistics = synchronised").identity())
        .containsEntry("network.statistics", "\"synchronised\"");
  }
}
