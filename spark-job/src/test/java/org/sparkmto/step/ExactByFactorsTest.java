package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.LookSection;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.LayerShape;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.training.Runs;

/** Exact steps whose inner products are of factors, held against those of gradients. */
@Tag("slow")
class ExactByFactorsTest {
  private static final int TASKS = 6;

  /** Where every task has gradients of its own, so that no method divides by next to nothing. */
  private static final TinyProblem PROBLEM = new TinyProblem(TASKS, 12, 0.2);

  private static final String BY_GRADIENTS = "look.factors = false";

  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  /** What a step leaves: the combined gradient, and the floats that it kept to know the weights. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Left(double[] gradient, long kept) {}

  private static Left left(boolean doubles, int ranks, String... lines) throws Exception {
    TrainingConfiguration configuration = PROBLEM.configuration(lines);
    Aggregator aggregator = PROBLEM.aggregator(configuration);
    Ranks.Body<Left> body =
        group -> {
          try (Replica replica =
                  doubles
                      ? Replica.inDoubles(PROBLEM.residual(4), Draws.of(2))
                      : Replica.of(PROBLEM.residual(4), Draws.of(2));
              GradientRoute route =
                  TinyProblem.route(configuration, replica, group, aggregator::weigh);
              PointerScope scope = new PointerScope()) {
            route.leaveGradient(PROBLEM.batch(0, group.rank(), group.size()), route.exchange(0, 0));
            return new Left(replica.gradient().toDoubles(), route.looked().orElseThrow().floats());
          }
        };
    return ranks == 1 ? body.run(new SoloGroup()) : Ranks.run(ranks, body).get(ranks - 1);
  }

  private static double apart(Left one, Left other) {
    double square = 0;
    double length = 0;
    for (int i = 0; i < one.gradient().length; i++) {
      square += Math.pow(one.gradient()[i] - other.gradient()[i], 2);
      length += Math.pow(other.gradient()[i], 2);
    }
    return Math.sqrt(square / length);
  }

  static Stream<String> grams() {
    return Runs.everyMethodThatTakes(PROBLEM, "look.sketch = 8");
  }

  /** What the methods make of roundings is at most 5e-14 in doubles here, and 2e-6 in floats. */
  @ParameterizedTest
  @MethodSource("grams")
  void theUpdateIsThatOfTheGradients(String method) throws Exception {
    assertSame(true, 1, 1e-12, method);
    assertSame(false, 1, 1e-5, method);
  }

  private static void assertSame(boolean doubles, int ranks, double most, String... lines)
      throws Exception {
    Left byGradients = left(doubles, ranks, with(BY_GRADIENTS, lines));
    Left byFactors = left(doubles, ranks, lines);
    assertThat(byFactors.kept()).isLessThan(byGradients.kept() / 2);
    assertThat(apart(byFactors, byGradients)).isPositive().isLessThan(most);
  }

  private static String[] with(String line, String... lines) {
    return Stream.concat(Stream.of(lines), Stream.of(line)).toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void onAnyNumberOfRanks(int ranks) throws Exception {
    String[] lines = {
      "method { name = mgda, level = parameters }", "network.statistics = synchronised"
    };
    assertSame(true, ranks, 1e-12, lines);
    assertSame(false, ranks, 1e-5, lines);
    assertThat(apart(left(true, ranks, lines), left(true, 1, lines))).isLessThan(1e-12);
  }

  /** Step after step, as `bench ranks` asks for it. */
  @Test
  void ranksEndAlike() throws Exception {
    String[] lines = {
      "method { name = cagrad, level = parameters }",
      "network.statistics = synchronised",
      "schedule.rate = 1e-4"
    };
    float[] one = PROBLEM.trained(PROBLEM.residual(4), 1, 10, lines).get(0);
    assertThat(Runs.difference(PROBLEM.trained(PROBLEM.residual(4), 2, 10, lines).get(1), one))
        .isPositive()
        .isLessThan(1e-6);
  }

  /** What comes now and then is taken in the same way. */
  @Test
  void everyFewStepsAsWell() throws Exception {
    assertSame(true, 1, 1e-12, "method { name = pcgrad, level = parameters }", "look.every = 4");
  }

  /** Of what is run again nothing is kept that has factors. */
  @ParameterizedTest
  @ValueSource(strings = {"training.micro-batch = 6", "network.recompute = blocks"})
  void whereTheWholeIsNotThereAtOnceGradientsAreTaken(String setting) throws Exception {
    String[] lines = {"method { name = mgda, level = parameters }", setting};
    Left byGradients = left(false, 1, with(BY_GRADIENTS, lines));
    Left usual = left(false, 1, lines);
    assertThat(usual.kept()).isEqualTo(byGradients.kept());
    assertThat(usual.gradient()).isEqualTo(byGradients.gradient());
  }

  /** With so few tasks one more pass is more than the gradients of the last layers. */
  @Test
  void ofFewTasksGradientsAreTaken() throws Exception {
    TinyProblem two = new TinyProblem(2, 12, 0);
    NetworkPlan plan = two.plan();
    String method = "method { name = mgda, level = parameters }";
    assertThat(two.trained(plan, 1, 3, method).get(0))
        .isEqualTo(two.trained(plan, 1, 3, method, BY_GRADIENTS).get(0));
  }

  /** What a plan says of the memory before anything runs. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | look.factors = true",
        "3 | look.factors = true",
        "1 | look.factors = false",
        "2 | look.factors = false",
        "1 | look.samples = 1/2",
        "2 | look { samples = 1/2, parameters = [\"*layer3*\"] }",
        "1 | look.directions = 3",
      })
  void asMuchIsKeptAsIsSaid(int ranks, String line) throws Exception {
    String[] lines = {"method { name = mgda, level = parameters }", line};
    NetworkPlan plan = PROBLEM.residual(4);
    LookSection look = PROBLEM.configuration(lines).look();
    List<LayerShape> layers = look.factors() ? plan.factoredLayers() : List.of();
    assertThat(layers).hasSize(look.factors() ? 20 : 0);
    long said = look.floatsPerRank(plan.layout(), layers, 12, ranks);
    // Slices of gradients differ by one element.
    assertThat(said).isCloseTo(left(false, ranks, lines).kept(), within(2 * TASKS + 1L));
  }
}
