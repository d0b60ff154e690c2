package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.ExchangeException;
import org.sparkmto.exchange.OneAtATime;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.exchange.Transport;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.FoundGradient;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.trial.SyntheticProblem;

/** Steps whose gradients travel while others are computed, beside the same one after the other. */
@Tag("slow")
class OverlapTest {
  /** 1.6 million parameters: two pieces of the sum of a gradient. */
  private static final SyntheticProblem PROBLEM = SyntheticProblem.residual(3, 24, 16, 6);

  /** Ranks are threads here; each with threads of its own would wait for the others'. */
  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  private static TrainingConfiguration configuration(String method, String more) {
    return TrainingConfiguration.parse(
        PROBLEM.configuration(method, "optimizer.name = sgd", 0.01, more));
  }

  private static float[] steps(
      int steps, TrainingConfiguration configuration, Aggregator aggregator, RankGroup group) {
    try (Replica replica = Replica.of(PROBLEM.plan(), Draws.of(11));
        GradientRoute route = TinyProblem.route(configuration, replica, group, aggregator::weigh)) {
      for (int number = 0; number < steps; number++) {
        route.step(PROBLEM.part(group.rank(), group.size()), number, 0);
      }
      return TinyProblem.values(replica.parameters());
    }
  }

  private static List<float[]> trained(
      int ranks,
      int steps,
      Transport transport,
      String method,
      String more,
      UnaryOperator<RankGroup> exchange)
      throws Exception {
    TrainingConfiguration configuration = configuration(method, more);
    Aggregator aggregator = PROBLEM.aggregator(configuration);
    return Ranks.run(
        ranks, transport, group -> steps(steps, configuration, aggregator, exchange.apply(group)));
  }

  @ParameterizedTest
  @CsvSource({
    "2, name = ew, ''",
    "3, name = ew, network.recompute = blocks",
    "3, 'name = imtl-g, level = representation', ''",
    "2, 'name = imtl-g, level = representation', network.recompute = blocks",
    "3, 'name = pcgrad, level = parameters', ''",
    "2, 'name = pcgrad, level = parameters', network.recompute = blocks",
    "2, 'name = pcgrad, level = parameters', training.micro-batch = 2",
    "2, 'name = imtl-g, level = parameters', look.directions = 2",
    "2, name = ew, network.statistics = synchronised",
  })
  void stepsComeToTheSameBits(int ranks, String method, String more) throws Exception {
    List<float[]> overlapped =
        trained(ranks, 2, Transport.FLOAT32, method, more, UnaryOperator.identity());
    List<float[]> oneByOne = trained(ranks, 2, Transport.FLOAT32, method, more, OneAtATime::new);
    for (int rank = 0; rank < ranks; rank++) {
      assertThat(overlapped.get(rank)).isEqualTo(oneByOne.get(rank)).isEqualTo(overlapped.get(0));
    }
  }

  /** One step from the same start is as far off as its gradients are. */
  @ParameterizedTest
  @CsvSource({"name = ew", "'name = pcgrad, level = parameters'"})
  void inSixteenBitsAllRanksHaveTheSameParametersBesideThoseOfFloat32(String method)
      throws Exception {
    List<float[]> rounded = trained(2, 1, Transport.BF16, method, "", UnaryOperator.identity());
    assertThat(rounded.get(1)).isEqualTo(rounded.get(0));
    assertThat(trained(2, 1, Transport.BF16, method, "", OneAtATime::new).get(0))
        .isEqualTo(rounded.get(0));
    float[] exact = trained(2, 1, Transport.FLOAT32, method, "", UnaryOperator.identity()).get(0);
    double moved = apart(exact, start());
    // 2^-8 of what travels, which may be some times as long as the sum, and of the sum.
    assertThat(apart(rounded.get(0), exact)).isBetween(1e-5 * moved, 0.04 * moved);
  }

  private static float[] start() {
    try (Replica replica = Replica.of(PROBLEM.plan(), Draws.of(11))) {
      return TinyProblem.values(replica.parameters());
    }
  }

  private static double apart(float[] a, float[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += Math.pow(a[i] - b[i], 2);
    }
    return Math.sqrt(squares);
  }

  /** A pass that tells what it has found says so early, once of everything, and nothing wrong. */
  @ParameterizedTest
  @EnumSource
  void whatIsHeardOfAPassIsWhatItLeaves(Cut cut) {
    double[] weights = {0.5, 2, 1};
    try (Replica replica = Replica.of(PROBLEM.plan(), Draws.of(11))) {
      List<long[]> heard = new ArrayList<>();
      List<float[]> values = new ArrayList<>();
      float[] unheard = null;
      for (boolean listens : new boolean[] {false, true}) {
        replica.gradient().clear();
        try (ForwardPass pass = replica.forward(PROBLEM.part(0, 1), cut)) {
          FoundGradient ear =
              (from, to) -> {
                float[] piece = new float[(int) (to - from)];
                replica.gradient().read(from, piece, 0, piece.length);
                heard.add(new long[] {from, to});
                values.add(piece);
              };
          FoundGradient listener = listens ? ear : FoundGradient.UNHEARD;
          if (cut == Cut.NONE) {
            pass.backward(weights, weights, listener);
          } else {
            pass.backwardHeads().backward(weights, listener);
          }
        }
        unheard = listens ? unheard : replica.gradient().toArray();
      }
      float[] found = replica.gradient().toArray();
      assertThat(found).isEqualTo(unheard);
      long all = cut == Cut.NONE ? replica.layout().total() : replica.layout().shared();
      assertThat(heard.stream().mapToLong(range -> range[1] - range[0]).sum()).isEqualTo(all);
      assertThat(heard).hasSizeGreaterThan(50);
      for (int i = 0; i < heard.size(); i++) {
        int from = (int) heard.get(i)[0];
        assertThat(values.get(i)).isEqualTo(Arrays.copyOfRange(found, from, (int) heard.get(i)[1]));
      }
      // The first layer's come last.
      assertThat(heard.get(heard.size() - 1)[0]).isLessThan(all / 100);
    }
  }

  /** Of what is thrown in autograd's hooks only the words come out of libtorch. */
  @Test
  void aPeerThatIsLostDuringABackwardPassIsNamedAsEverywhere() throws Exception {
    TrainingConfiguration configuration = configuration("name = ew", "");
    Aggregator aggregator = PROBLEM.aggregator(configuration);
    List<Future<String>> results =
        Ranks.start(
            2,
            Duration.ofSeconds(20),
            group -> {
              if (group.rank() == 1) {
                // Losses and labels, and then it is gone.
                group.sum(new double[2 * PROBLEM.data().tasks().size()]);
                return "";
              }
              assertThatThrownBy(() -> steps(1, configuration, aggregator, group))
                  .isInstanceOf(ExchangeException.class)
                  .hasMessageStartingWith("rank 0 of 2 waited for a sum of gradients: ");
              return "heard";
            });
    assertThat(results.get(0).get(30, TimeUnit.SECONDS)).isEqualTo("heard");
    assertThat(results.get(1).get(30, TimeUnit.SECONDS)).isEmpty();
  }
}
