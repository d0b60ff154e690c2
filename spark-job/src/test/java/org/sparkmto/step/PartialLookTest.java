package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.LookSection;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.method.CombinedGradient;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.training.Runs;

/** Methods that look at less than all gradients. */
@Tag("slow")
class PartialLookTest {
  private static final TinyProblem FULL = new TinyProblem(4, 24, 0);
  private static final TinyProblem GAPS = new TinyProblem(4, 46, 0.3);
  private static final String RATE = "schedule.rate = 0.005";

  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  static Stream<String> grams() {
    return Runs.everyMethodThatTakes(FULL, "look.sketch = 8");
  }

  /** Looks that see everything, by other ways: of 198 shared parameters no two meet. */
  @ParameterizedTest
  @MethodSource("grams")
  void everythingSeenAnotherWayIsTheSame(String method) throws Exception {
    float[] exact = GAPS.trained(1, 4, method, RATE).get(0);
    for (String look :
        List.of(
            "directions = 99.9999%", "directions = 4", "sketch = 198", "parameters = [\"*\"]")) {
      assertThat(Runs.difference(GAPS.trained(1, 4, method, RATE, "look." + look).get(0), exact))
          .as(look)
          .isLessThan(1e-4);
    }
  }

  @Test
  void goesOverTheMethodsOfGramMatricesAtTheParameters() {
    assertThat(grams())
        .hasSizeGreaterThan(12)
        .allMatch(method -> method.contains("level = parameters"));
  }

  /** Another run than the exact one, and the same on any number of ranks. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "look.directions = 2",
        "look.directions = 60%",
        "look.sketch = 64",
        "look.parameters = [\"*bias\"]",
        "look.samples = 1/3",
        "look { samples = 1/2, sketch = 50, parameters = [\"*weight\"] }",
        "look { directions = 3, sketch = 60, parameters = [\"*conv*\", \"*.bias\"], every = 2 }",
      })
  void ranksChangeNothing(String look) throws Exception {
    for (String method : List.of("imtl-g", "pcgrad")) {
      String[] lines = {"method { name = " + method + ", level = parameters }", look, RATE};
      float[] one = GAPS.trained(1, 5, lines).get(0);
      assertThat(Runs.difference(GAPS.trained(3, 5, lines).get(2), one)).isLessThan(1e-4);
      assertThat(Runs.difference(one, GAPS.trained(1, 5, lines[0], RATE).get(0)))
          .isGreaterThan(1e-4);
    }
  }

  @Test
  void blocksThatAreRunAgainChangeNothing() throws Exception {
    String[] lines = {
      "method { name = cagrad, level = parameters }",
      "look { directions = 2, parameters = [\"*weight\"] }"
    };
    assertThat(GAPS.trained(1, 4, lines[0], lines[1], "network.recompute = blocks").get(0))
        .isEqualTo(GAPS.trained(1, 4, lines).get(0));
  }

  /** What was said of each step, with the exact products beside where the log looks. */
  private static final class Course implements Aggregator.Listener {
    private final List<SymmetricMatrix> seen = new ArrayList<>();
    private final List<Vector> weights = new ArrayList<>();
    private final List<SymmetricMatrix> exact = new ArrayList<>();
    private final List<Double> errors = new ArrayList<>();

    static Course of(TinyProblem problem, String... lines) {
      TrainingConfiguration configuration = problem.configuration(lines);
      Course course = new Course();
      Aggregator aggregator = new Aggregator(configuration, problem.names(), course);
      try (Replica replica = problem.replica();
          GradientRoute route =
              TinyProblem.route(configuration, replica, new SoloGroup(), aggregator::weigh)) {
        problem.train(route, 0, 6);
      }
      return course;
    }

    @Override
    public void weighed(Observation step, Weighing weighing) {
      seen.add(step.gradients().gram().orElseThrow());
      weights.add(weighing.shared());
    }

    @Override
    public void looked(long step, SymmetricMatrix products) {
      exact.add(products);
    }

    @Override
    public void lookErred(long step, double error) {
      errors.add(error);
    }
  }

  /** The log hears of all gradients, and how far the update is from theirs. */
  @Test
  void theErrorIsMeasuredWhereTheLogLooks() {
    Course course =
        Course.of(
            FULL,
            "method { name = mgda, level = parameters }",
            "look.directions = 2",
            "log.gradients-every = 2");
    assertThat(course.exact).hasSize(3);
    assertThat(course.errors).hasSize(3);
    Course whole = Course.of(FULL, "method { name = mgda, level = parameters }");
    // Step 0 is the same in both: from there on they part.
    assertThat(course.exact.get(0).distance(whole.seen.get(0))).isLessThan(1e-6);
    assertThat(course.errors.get(0))
        .isCloseTo(
            CombinedGradient.difference(
                whole.seen.get(0), course.weights.get(0), whole.weights.get(0)),
            within(1e-6))
        .isGreaterThan(1e-4);
  }

  @Test
  void theErrorOfALookAtEverythingIsNone() {
    Course course =
        Course.of(
            FULL,
            "method { name = cagrad, level = parameters }",
            "look.directions = 4",
            "log.gradients-every = 1");
    assertThat(course.errors).hasSize(6).allMatch(error -> error < 1e-4);
    Course exact =
        Course.of(FULL, "method { name = cagrad, level = parameters }", "log.gradients-every = 1");
    assertThat(exact.errors).isEmpty();
  }

  /** By another way: rows of all gradients, of which some columns are left out. */
  @Test
  void someParametersHaveTheProductsOfTheirColumns() {
    String[] lines = {
      "method { name = mgda, level = parameters }", "look.parameters = [\"*bias\"]"
    };
    SymmetricMatrix seen = Course.of(FULL, lines).seen.get(0);
    double[][] rows = new double[4][(int) FULL.plan().layout().shared()];
    for (int task = 0; task < 4; task++) {
      double[] only = new double[4];
      only[task] = 1;
      try (Replica replica = FULL.replica();
          ForwardPass pass = replica.forward(FULL.batch(0, 0, 1), Cut.NONE)) {
        pass.backward(only, only);
        float[] gradient = TinyProblem.values(replica.gradient());
        for (ParameterLayout.Entry entry : replica.layout().entries()) {
          if (entry.offset() < replica.layout().shared() && entry.name().endsWith("bias")) {
            for (int i = 0; i < entry.elements(); i++) {
              rows[task][(int) entry.offset() + i] = gradient[(int) entry.offset() + i] / 24;
            }
          }
        }
      }
    }
    assertThat(seen.distance(SymmetricMatrix.gramOf(rows))).isLessThan(1e-5);
  }

  /** Looks at samples leave the running statistics to the passes of training. */
  @Test
  void samplesLeaveNoTraceInRunningStatistics() throws Exception {
    NetworkPlan network = FULL.residual(2);
    assertThat(buffers(network, "method.name = ew"))
        .isEqualTo(
            buffers(network, "method { name = pcgrad, level = parameters }\nlook.samples = 1/4"));
  }

  private static float[] buffers(NetworkPlan network, String lines) {
    TrainingConfiguration configuration = FULL.configuration(lines);
    Aggregator aggregator = FULL.aggregator(configuration);
    try (Replica replica = Replica.of(network, Draws.of(11));
        GradientRoute route =
            TinyProblem.route(configuration, replica, new SoloGroup(), aggregator::weigh)) {
      route.step(FULL.batch(0, 0, 1), 0, 0);
      return TinyProblem.values(replica.buffers());
    }
  }

  @Test
  void isSaidOfTheMethod() {
    assertThat(
            FULL.configuration(
                    "method { name = cagrad, level = parameters }",
                    "look { every = 10, directions = 90%, sketch = 512, parameters = [a, \"b*\"] }")
                .look()
                .words())
        .isEqualTo(
            ", in one of 10 steps, of parameters a b*, from 90% directions, from sketches of 512"
                + " numbers");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method.name = uw | sketch = 8 | look.sketch = 8, but uw sees no gradients",
        "method.name = graddrop | sketch = 8 | look.sketch = 8, but graddrop acts on the elements",
        "method.name = imtl-g | directions = 3 | look.directions = 3, but imtl-g looks at the rep",
        "method { name = mgda, level = parameters } | samples = 2/3 | look.samples",
        "method { name = mgda, level = parameters } | samples = 1/0 | look.samples",
        "method { name = mgda, level = parameters } | directions = 0 | look.directions",
        "method { name = mgda, level = parameters } | sketch = -1 | look.sketch",
        "method { name = mgda, level = parameters } | { samples = 1/2, directions = 2 } |"
            + " look.directions and look.samples are both set",
      })
  void whatMeansNothingIsRefusedInALine(String method, String keys, String words) {
    String line = keys.startsWith("{") ? "look " + keys : "look." + keys;
    assertThatThrownBy(() -> FULL.configuration(method, line))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(words)
        .hasMessageNotContaining("\n");
  }

  @Test
  void namesOfNoParameterAreRefused() {
    ParameterLayout layout = FULL.plan().layout();
    LookSection look =
        FULL.configuration(
                "method { name = mgda, level = parameters }",
                "look.parameters = [\"*bias\", \"*.gamma\"]")
            .look();
    assertThatThrownBy(() -> look.require(layout))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("look.parameters = \"*.gamma\" is the name of no shared parameter")
        .hasMessageContaining(layout.entries().get(0).name());
  }

  @Test
  void aBatchTooSmallForTwoPartsIsRefused() {
    TrainingConfiguration configuration =
        FULL.configuration("method { name = mgda, level = parameters }", "look.samples = 1/8");
    GradientRoute.requireParts(configuration, 16, 1);
    assertThatThrownBy(() -> GradientRoute.requireParts(configuration, 24, 2))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("look.samples cuts every batch into 16 parts")
        .hasMessageContaining("at least 32");
  }
}
