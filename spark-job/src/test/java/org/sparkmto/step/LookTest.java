package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.GradientForm;
import org.sparkmto.method.Observation;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.Runs;

/** Methods that look at the gradients in some steps and hold their weights in between. */
@Tag("slow")
class LookTest {
  private static final TinyProblem FULL = new TinyProblem(3, 12, 0);
  private static final TinyProblem GAPS = new TinyProblem(3, 23, 0.4);
  private static final String THIRD = "look.every = 3";

  /** Plain descent remembers nothing of the steps before. */
  private static final String RATE = "optimizer.name = sgd, schedule.rate = 0.05";

  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  static Stream<String> grams() {
    return Runs.everyMethodThatTakes(FULL, THIRD);
  }

  @Test
  void everyMethodOfGramMatricesCanAndNoOther() {
    List<String> can = grams().toList();
    assertThat(can)
        .hasSizeGreaterThan(20)
        .allMatch(method -> method.contains("level = "))
        .noneMatch(method -> method.contains("per = "))
        .contains("method { name = nash-mtl, level = parameters }");
  }

  /** Behind what a method sees of a step, in run.json and in the report. */
  @Test
  void isSaidOfTheMethod() {
    String method = "method { name = cagrad, level = parameters }";
    assertThat(FULL.configuration(method, "look.every = 10").look().words())
        .isEqualTo(", in one of 10 steps");
    assertThat(FULL.configuration(method).look().words()).isEmpty();
  }

  /** A look in every step is what there was before there was a choice. */
  @ParameterizedTest
  @ValueSource(strings = {"representation", "parameters"})
  void inEveryStepTheBitsAreTheUsualOnes(String level) throws Exception {
    String method = "method { name = imtl-g, level = " + level + " }";
    assertThat(GAPS.trained(2, 5, method, "look.every = 1").get(1))
        .isEqualTo(GAPS.trained(2, 5, method).get(1));
  }

  /** Any number of ranks, tasks without labels among them; another run than the exact one. */
  @ParameterizedTest
  @MethodSource("grams")
  void ranksChangeNothing(String method) throws Exception {
    String[] lines = {method, THIRD, "schedule.rate = 0.005"};
    float[] one = GAPS.trained(1, 5, lines).get(0);
    assertThat(Runs.difference(GAPS.trained(3, 5, lines).get(2), one)).isLessThan(1e-4);
  }

  /** What was told to the driver and answered, step by step. */
  private static final class Course {
    private final List<Observation> seen = new ArrayList<>();
    private final List<double[]> shared = new ArrayList<>();
    private float[] end;

    static Course of(TrainingConfiguration configuration, float[] start, int from, int to) {
      return of(FULL, configuration, FULL.aggregator(configuration), start, from, to);
    }

    static Course of(
        TinyProblem problem,
        TrainingConfiguration configuration,
        Aggregator aggregator,
        float[] start,
        int from,
        int to) {
      Course course = new Course();
      try (Replica replica = problem.replica();
          GradientRoute route =
              TinyProblem.route(
                  configuration,
                  replica,
                  new SoloGroup(),
                  report -> course.noted(report, aggregator.weigh(report)))) {
        replica.parameters().write(0, start, 0, start.length);
        problem.train(route, from, to);
        course.end = TinyProblem.values(replica.parameters());
      }
      return course;
    }

    private StepAnswer noted(StepReport report, StepAnswer answer) {
      seen.add(report.map(StepReport.Observed::seen, u -> null, c -> null, l -> null, a -> null));
      shared.add(answer.map(w -> w.shared().toArray(), a -> null, n -> null));
      return answer;
    }
  }

  private static float[] start() {
    try (Replica replica = FULL.replica()) {
      return TinyProblem.values(replica.parameters());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"representation", "parameters"})
  void betweenLooksTheWeightsOfTheLastOneWeighTheLosses(String level) {
    String method = "method { name = imtl-g, heads = shared, level = " + level + " }";
    Course held = Course.of(FULL.configuration(method, THIRD, RATE), start(), 0, 7);
    assertThat(held.seen)
        .extracting(step -> step.gradients().form() == GradientForm.NONE)
        .containsExactly(false, true, true, false, true, true, false);
    for (int step : new int[] {1, 2, 4, 5}) {
      assertThat(held.shared.get(step)).isEqualTo(held.shared.get(step - step % 3));
    }
    assertThat(held.shared.get(3)).isNotEqualTo(held.shared.get(0));
    assertThat(held.shared.get(6)).isNotEqualTo(held.shared.get(3));

    // A look and two steps with fixed weights, three times over.
    float[] at = start();
    for (int look = 0; look < 7; look += 3) {
      TrainingConfiguration exact = FULL.configuration(method, RATE);
      Aggregator aggregator = FULL.aggregator(exact);
      aggregator.restore(withStep(aggregator.save(), look));
      at = Course.of(FULL, exact, aggregator, at, look, look + 1).end;
      if (look < 6) {
        TrainingConfiguration fixed =
            FULL.configuration(
                "method { name = ew, heads = shared, weights = %s }"
                    .formatted(Arrays.toString(held.shared.get(look))),
                RATE);
        Aggregator weighing = FULL.aggregator(fixed);
        weighing.restore(withStep(weighing.save(), look + 1));
        at = Course.of(FULL, fixed, weighing, at, look + 1, look + 3).end;
      }
    }
    assertThat(held.end).isEqualTo(at);
  }

  private static Map<String, double[]> withStep(Map<String, double[]> saved, int step) {
    saved.put("next-step", new double[] {step});
    return saved;
  }

  /** A checkpoint may be made between two looks. */
  @Test
  void aRunGoesOnInTheSameBitsBetweenLooks() {
    TrainingConfiguration configuration =
        FULL.configuration("method { name = pcgrad, level = parameters }", THIRD, RATE);
    float[] whole = Course.of(configuration, start(), 0, 7).end;
    for (int half = 1; half < 7; half++) {
      Aggregator first = FULL.aggregator(configuration);
      float[] there = Course.of(FULL, configuration, first, start(), 0, half).end;
      Aggregator second = FULL.aggregator(configuration);
      second.restore(first.save());
      assertThat(Course.of(FULL, configuration, second, there, half, 7).end).isEqualTo(whole);
    }
  }

  /** A task that a look has missed is not forgotten until the next one. */
  @Test
  void aTaskWithoutLabelsInALookKeepsItsLastWeight() {
    TinyProblem rare = new TinyProblem(3, 4, 0.7);
    TrainingConfiguration configuration =
        rare.configuration("method { name = imtl-g, level = parameters }", THIRD, RATE);
    Course course = Course.of(rare, configuration, rare.aggregator(configuration), start(), 0, 60);
    double[] last = {1.0 / 3, 1.0 / 3, 1.0 / 3};
    int missed = 0;
    for (int step = 0; step < 60; step++) {
      for (int task = 0; task < 3; task++) {
        boolean labelled = course.seen.get(step).labelled().at(task) > 0;
        if (step % 3 == 0 && labelled) {
          last[task] = course.shared.get(step)[task];
        } else if (step % 3 != 0) {
          assertThat(course.shared.get(step)[task]).isEqualTo(labelled ? last[task] : 0);
          missed += labelled && course.seen.get(step - step % 3).labelled().at(task) == 0 ? 1 : 0;
        }
      }
    }
    assertThat(missed).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method.name = uw         | uw sees no gradients: each of its steps is one backward pass",
        "method.name = moco       | moco takes the gradients of every step into its averages",
        "method.name = graddrop   | graddrop acts on the elements of every step's gradients",
        "method.name = modo       | modo combines gradients of parts of every batch",
        "method.name = adatask    | adatask moves by the gradient of each task in every step",
        "method.name = auto-lambda| auto-lambda tries every step before it makes it",
        "method { name = gradvac, per = layer } | gradvac weighs groups of parameters each by",
      })
  void othersAreRefusedInALine(String method, String words) {
    assertThatThrownBy(() -> FULL.configuration(method, "look.every = 5"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("look.every = 5, but " + words)
        .hasMessageEndingWith("; set it to 1")
        .hasMessageNotContaining("\n");
    FULL.configuration(method, "look.every = 1");
  }
}
