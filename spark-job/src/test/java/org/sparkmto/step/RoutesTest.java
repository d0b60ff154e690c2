package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.elementwise.DoubleVector;
import org.sparkmto.exchange.AggregatorLink;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.ElementMethod;
import org.sparkmto.method.Elements;
import org.sparkmto.method.GradientForm;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.LayerwiseMethod.Groups;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.training.Runs;

/** The routes from losses to the update, with real replicas, alone and in groups of ranks. */
@Tag("slow")
class RoutesTest {
  /** Five steps in single precision, with sums in another order. */
  private static final double ROUNDING = 2e-6;

  /** 23 samples leave no two ranks of 3 or 7 with the same parts; labels are missing. */
  private static final TinyProblem GAPS = new TinyProblem(3, 23, 0.4);

  private static final TinyProblem FULL = new TinyProblem(3, 12, 0);
  private static final int STEPS = 5;

  /** Ranks are threads here; each with threads of its own would wait for the others'. */
  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  /** All questions and answers of a run. */
  private static final class Recorder implements AggregatorLink {
    private final Aggregator aggregator;
    private final List<StepReport> reports = new ArrayList<>();
    private final List<StepAnswer> answers = new ArrayList<>();

    Recorder(Aggregator aggregator) {
      this.aggregator = aggregator;
    }

    @Override
    public StepAnswer ask(StepReport report) {
      reports.add(report);
      StepAnswer answer = aggregator.weigh(report);
      answers.add(answer);
      return answer;
    }

    Observation seen(int report) {
      return reports
          .get(report)
          .map(
              StepReport.Observed::seen,
              updated -> null,
              clipped -> null,
              looked -> null,
              analysed -> null);
    }

    StepAnswer.Weights weights(int answer) {
      return answers.get(answer).map(weights -> weights, averages -> null, noted -> null);
    }
  }

  /** The parameters of every rank after some steps. */
  private static List<float[]> trained(
      TinyProblem problem, int ranks, int steps, String... settings) throws Exception {
    return problem.trained(ranks, steps, settings);
  }

  private static float[] alone(TinyProblem problem, String... settings) throws Exception {
    return trained(problem, 1, STEPS, settings).get(0);
  }

  private static float[] start(TinyProblem problem) {
    try (Replica replica = problem.replica()) {
      return TinyProblem.values(replica.parameters());
    }
  }

  static Stream<String> everyMethod() {
    return Runs.everyMethod().stream();
  }

  /** Every kind of method, at both levels: those that pass a batch twice see one network. */
  @ParameterizedTest
  @MethodSource("everyMethod")
  void whatHeadsDropDoesNotDependOnTheRanks(String method) throws Exception {
    String[] lines = {method, "schedule.rate = 0.005"};
    NetworkPlan dropping = GAPS.plan().dropping(0.3);
    float[] one = GAPS.trained(dropping, 1, 4, lines).get(0);
    assertThat(one).isNotEqualTo(GAPS.trained(1, 4, lines).get(0));
    assertThat(Runs.difference(GAPS.trained(dropping, 3, 4, lines).get(2), one)).isLessThan(1e-4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "method.name = famo",
        "method { name = pcgrad, level = parameters }",
        "method { name = gradvac, per = layer }",
        "method { name = gradvac, per = tensor, beta = 0.5 }",
        "method.name = moco",
        "method.name = db-mtl",
        "method { name = sdmgrad, rate = 0.1 }",
        "method.name = modo",
        "method.name = graddrop",
        "method { name = graddrop, leak = [0.1, 0.5, 0] }",
        "method.name = excess-mtl",
        "method { name = mao }, optimizer { name = adamw, weight-decay = 0.5, epsilon = 1e-4 }",
        "method { name = mao }, optimizer { name = rmsprop, epsilon = 1e-4 }",
        "method { name = adatask }, optimizer { name = adamw, weight-decay = 0.5, epsilon = 1e-4 }",
        "method { name = adatask }, optimizer { name = adagrad, epsilon = 1e-4 }",
        "method { name = adatask }, optimizer { name = adam, weight-decay = 0.5, epsilon = 1e-4 }",
        "method { name = mtl-io }, optimizer { name = sgd, momentum = 0.9, weight-decay = 0.5 }",
        "method { name = mtl-io }, optimizer { name = adamw, weight-decay = 0.5, epsilon = 1e-4 }",
        "method { name = auto-lambda, rate = 0.05 }",
        "method { name = auto-lambda, rate = 0.05, primary = task1, heads = ones }",
        "method { name = forum, phi = 1, inner-steps = 3, rate = 0.05 }",
      })
  void ranksOfAnyNumberEndAlike(String settings) throws Exception {
    String[] lines = {settings, "schedule.rate = 0.02"};
    float[] one = trained(GAPS, 1, STEPS, lines).get(0);
    assertThat(Runs.difference(one, start(GAPS))).as("moved").isGreaterThan(1e-4);
    for (int ranks : new int[] {2, 3, 7}) {
      List<float[]> all = trained(GAPS, ranks, STEPS, lines);
      assertThat(all)
          .as("%d ranks among themselves", ranks)
          .allMatch(x -> Arrays.equals(x, all.get(0)));
      assertThat(Runs.difference(all.get(0), one))
          .as("%d ranks and one", ranks)
          // An epsilon of 1e-4 keeps quotients of tiny gradients from making noise large.
          .isLessThan(10 * ROUNDING);
    }
  }

  /** Two of three samples have no label at all, so in some steps no task has any. */
  @ParameterizedTest
  @ValueSource(strings = {"adatask", "mtl-io"})
  void aBatchWithoutLabelsLeavesRanksEqualAndDecaysOnce(String method) throws Exception {
    TinyProblem empty = new TinyProblem(2, 4, 1);
    String[] lines = {
      "method.name = " + method,
      "optimizer { name = adamw, weight-decay = 0.5 }",
      "schedule.rate = 0.1"
    };
    float[] before = start(empty);
    List<float[]> all = trained(empty, 3, 1, lines);
    for (float[] own : all) {
      for (int i = 0; i < before.length; i++) {
        assertThat(own[i]).isEqualTo(before[i] * (float) (1 - 0.1 * 0.5));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer { name = sgd }",
        "optimizer { name = sgd, momentum = 0.9 }",
        "optimizer { name = sgd, momentum = 0.9, weight-decay = 0.5 }",
        "optimizer { name = sgd, momentum = 0.9, nesterov = true }",
      })
  void gradientDescentPerTaskIsGradientDescentOnTheSum(String optimizer) throws Exception {
    String rate = "schedule.rate = 0.1";
    float[] plain = alone(FULL, "method.name = ew", optimizer, rate);
    float[] perTask = alone(FULL, "method.name = adatask", optimizer, rate);
    assertThat(Runs.difference(perTask, plain)).isLessThan(ROUNDING);
    assertThat(Runs.difference(plain, start(FULL))).isGreaterThan(1e-2);
    // Turns are something else: gradients are of other points.
    float[] turns = alone(FULL, "method.name = mtl-io", optimizer, rate);
    assertThat(Runs.difference(turns, plain)).isGreaterThan(100 * ROUNDING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer { name = sgd, momentum = 0.9 }",
        "optimizer { name = adam }",
        "optimizer { name = adam, weight-decay = 0.5 }",
        "optimizer { name = adamw, weight-decay = 1 }",
        "optimizer { name = rmsprop }",
        "optimizer { name = rmsprop, weight-decay = 0.5 }",
      })
  void oneTaskAloneHasOneOptimiserInAnyCase(String optimizer) throws Exception {
    TinyProblem single = new TinyProblem(1, 6, 0);
    String rate = "schedule.rate = 0.02";
    float[] plain = alone(single, "method.name = ew", optimizer, rate);
    for (String method : List.of("mtl-io", "adatask")) {
      float[] perTask = alone(single, "method.name = " + method, optimizer, rate);
      assertThat(Runs.difference(perTask, plain)).as(method).isLessThan(ROUNDING);
    }
  }

  /** Half of the steps have no label: the task's optimiser waits, its head's goes on. */
  @ParameterizedTest
  @ValueSource(strings = {"adam", "adamw"})
  void turnsOfOneTaskAreStepsAtOnceAlsoWhereLabelsAreMissing(String optimizer) throws Exception {
    TinyProblem sparse = new TinyProblem(1, 1, 0.5);
    String[] lines = {"optimizer.name = " + optimizer, "schedule.rate = 0.02"};
    float[] turns = trained(sparse, 1, 12, "method.name = mtl-io", lines[0], lines[1]).get(0);
    float[] once = trained(sparse, 1, 12, "method.name = adatask", lines[0], lines[1]).get(0);
    assertThat(Runs.difference(turns, once)).isLessThan(ROUNDING);
  }

  /** {@code sqrt(v + 1e-30)} and {@code sqrt(v) + 1e-15} are both the root of v. */
  @Test
  void maoWithoutAConstantIsAdaTaskWithAdam() throws Exception {
    String rate = "schedule.rate = 0.01";
    float[] mao =
        alone(FULL, "method.name = mao", "optimizer { name = adam, epsilon = 1e-30 }", rate);
    float[] adaTask =
        alone(FULL, "method.name = adatask", "optimizer { name = adam, epsilon = 1e-15 }", rate);
    assertThat(Runs.difference(mao, adaTask)).isLessThan(ROUNDING);
    float[] literal =
        alone(
            FULL,
            "method { name = mao, bias-correction = literal }",
            "optimizer { name = adam, epsilon = 1e-30 }",
            rate);
    assertThat(Runs.difference(literal, adaTask)).isGreaterThan(1e-3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mao     | name = adam, weight-decay = 0.1    | optimizer.name = adamw",
        "mao     | name = rmsprop, weight-decay = 0.1 | no weight decay",
        "mao     | name = sgd                         | adam, adamw or rmsprop",
        "mao     | name = signum                      | adam, adamw or rmsprop",
        "mao     | name = rmsprop, momentum = 0.5     | momentum",
      })
  void anOptimiserThatTheMethodCannotMultiplyIsRefused(
      String method, String optimizer, String message) {
    assertThatThrownBy(
            () -> FULL.configuration("method.name = " + method, "optimizer { " + optimizer + " }"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  /** With a driver that answers as late as it may. */
  @Test
  void whatSeesNothingOfAStepDoesNotWaitForTheDriver() {
    assertThat(
            Methods.known().all().stream()
                .filter(entry -> entry.make(Map.of()).seesNothing())
                .map(MethodEntry::name))
        .containsExactlyInAnyOrder("ew", "rlw");
    for (String method : List.of("name = ew, weights = [1, 2, 0.5]", "name = rlw")) {
      TrainingConfiguration configuration =
          GAPS.configuration(
              "method { " + method + " }", "update.clip-norm = 1e-6", "log.gradients-every = 2");
      Aggregator aggregator = GAPS.aggregator(configuration);
      List<String> order = new ArrayList<>();
      AggregatorLink late =
          new AggregatorLink() {
            private final List<StepReport> told = new ArrayList<>();

            @Override
            public StepAnswer ask(StepReport report) {
              throw new AssertionError("asked for " + report);
            }

            @Override
            public void tell(StepReport report) {
              told.add(report);
              order.add(report.getClass().getSimpleName());
            }

            @Override
            public void settle() {
              order.add("settled");
              told.forEach(aggregator::weigh);
              told.clear();
            }

            @Override
            public boolean stops() {
              return order.size() > 7;
            }
          };
      try (Replica replica = GAPS.replica();
          GradientRoute route = TinyProblem.route(configuration, replica, new SoloGroup(), late)) {
        for (int step = 0; step < 3; step++) {
          assertThat(route.step(GAPS.batch(step, 0, 1), step, 0)).isEqualTo(step == 2);
        }
      }
      assertThat(order)
          .containsExactlyElementsOf(
              Collections.nCopies(3, List.of("Observed", "Clipped", "settled")).stream()
                  .flatMap(List::stream)
                  .toList());
    }
  }

  @Test
  void famoSeesTheLossesOfTheUpdatedNetworkOnTheSameBatch() {
    TrainingConfiguration configuration =
        GAPS.configuration("method.name = famo", "schedule.rate = 0.5");
    Recorder recorder = new Recorder(GAPS.aggregator(configuration));
    SoloGroup group = new SoloGroup();
    try (Replica replica = GAPS.replica();
        GradientRoute route = TinyProblem.route(configuration, replica, group, recorder)) {
      for (int step = 0; step < 3; step++) {
        GAPS.train(route, step, step + 1);
        double[] now = meanLosses(replica, GAPS.batch(step, 0, 1));
        double[] before = recorder.seen(2 * step).losses().toArray();
        double[] after =
            recorder
                .reports
                .get(2 * step + 1)
                .<Vector>map(
                    observed -> null,
                    StepReport.Updated::losses,
                    clipped -> null,
                    looked -> null,
                    analysed -> null)
                .toArray();
        assertThat(after).containsExactly(now, within(1e-9));
        assertThat(after[0]).isNotCloseTo(before[0], within(1e-4));
      }
    }
    assertThat(recorder.reports).hasSize(6);
  }

  private static double[] meanLosses(Replica replica, Batch batch) {
    try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
      double[] means = pass.lossSums();
      double[] labelled = pass.labelled();
      for (int k = 0; k < means.length; k++) {
        means[k] /= labelled[k];
      }
      return means;
    }
  }

  /** The gradient of every mean loss by all parameters, each by a backward pass of its own. */
  private static double[][] gradients(Replica replica, Batch batch) {
    int tasks = replica.plan().tasks().size();
    double[][] rows = new double[tasks][];
    for (int k = 0; k < tasks; k++) {
      try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
        double[] only = new double[tasks];
        only[k] = 1 / pass.labelled()[k];
        pass.backward(only, only);
        float[] floats = TinyProblem.values(replica.gradient());
        rows[k] = IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
      }
    }
    return rows;
  }

  /**
   * The held-out losses after a trial step, by each weight, in central differences. Losses of about
   * 1 have rounding errors of some 1e-7 and weights move by 0.02, so differences are good to 1e-5;
   * with longer steps the kinks of the network show. Around the smaller weights of MOML they show
   * before, so that these move by 0.001, which is good to 1e-4.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "name = auto-lambda, init = 0.7",
        "name = auto-lambda, init = 0.7, primary = task1",
        "name = auto-lambda, init = 0.7, heads = ones",
        "name = auto-lambda, init = 0.7, heads = shared",
        "name = moml",
        "name = moml, heads = ones",
      })
  void derivativesAreThoseOfTheHeldOutLoss(String method) {
    double rate = 0.3;
    TinyProblem problem = new TinyProblem(3, 16, 0);
    TrainingConfiguration configuration =
        problem.configuration(
            "method { " + method + " }", "schedule.rate = " + rate, "optimizer.name = sgd");
    Recorder recorder = new Recorder(problem.aggregator(configuration));
    SoloGroup group = new SoloGroup();
    Batch train = problem.samples(0, IntStream.range(0, 8).map(i -> 2 * i).toArray());
    Batch held = problem.samples(0, IntStream.range(0, 8).map(i -> 2 * i + 1).toArray());
    try (Replica replica = problem.replica();
        GradientRoute route = TinyProblem.route(configuration, replica, group, recorder)) {
      // Larger weights than a fresh network's have larger gradients.
      replica.parameters().scale(2);
      float[] start = TinyProblem.values(replica.parameters());
      double[][] gradients = gradients(replica, train);
      double h = method.contains("moml") ? 0.001 : 0.02;
      double[] expected = new double[method.contains("moml") ? 9 : 3];
      for (int k = 0; k < 3; k++) {
        double[] weights = new double[3];
        Arrays.fill(weights, method.contains("moml") ? 1 / 3.0 : 0.7);
        weights[k] += h;
        double[] up = heldOut(replica, held, start, gradients, weights, rate, method);
        weights[k] -= 2 * h;
        double[] down = heldOut(replica, held, start, gradients, weights, rate, method);
        for (int target = 0; target < up.length; target++) {
          expected[3 * target + k] = (up[target] - down[target]) / (2 * h);
        }
      }
      replica.parameters().write(0, start, 0, start.length);
      problem.train(route, 0, 1);
      GradientSummary afterTrial = recorder.seen(1).gradients();
      assertThat(afterTrial.form()).isEqualTo(GradientForm.DERIVATIVES);
      double[] derivatives = afterTrial.numbers();
      assertThat(Arrays.stream(expected).map(Math::abs).max().orElseThrow()).isGreaterThan(1e-3);
      assertThat(derivatives)
          .containsExactly(expected, within(method.contains("moml") ? 1e-4 : 2e-5));

      // The trial leaves nothing behind: the step is of the start with the new weights.
      double[] weights = recorder.weights(1).shared().toArray();
      double[] heads = recorder.weights(1).heads().toArray();
      float[] end = TinyProblem.values(replica.parameters());
      for (int i = 0; i < end.length; i++) {
        double step = 0;
        for (int k = 0; k < 3; k++) {
          step += (i < replica.layout().shared() ? weights : heads)[k] * gradients[k][i];
        }
        assertThat((double) end[i]).isCloseTo(start[i] - rate * step, within(1e-6));
      }
    }
  }

  /** The value of each target. */
  private static double[] heldOut(
      Replica replica,
      Batch held,
      float[] start,
      double[][] gradients,
      double[] weights,
      double rate,
      String method) {
    float[] moved = start.clone();
    for (int i = 0; i < moved.length; i++) {
      double step = 0;
      for (int k = 0; k < weights.length; k++) {
        boolean plain = i >= replica.layout().shared() && method.contains("heads = ones");
        step += (plain ? 1 : weights[k]) * gradients[k][i];
      }
      moved[i] = (float) (start[i] - rate * step);
    }
    replica.parameters().write(0, moved, 0, moved.length);
    double[] losses = meanLosses(replica, held);
    return method.contains("moml")
        ? losses
        : new double[] {method.contains("task1") ? losses[1] : Arrays.stream(losses).sum()};
  }

  /**
   * The losses after three steps down the first half, made one by one; the inner products of the
   * gradients of both halves, with their heads where these are weighed; and the step from where it
   * began.
   */
  @ParameterizedTest
  @ValueSource(strings = {"own", "ones"})
  void aLowerLevelGoesDownAndComesBack(String heads) {
    TinyProblem problem = new TinyProblem(3, 16, 0);
    TrainingConfiguration configuration =
        problem.configuration(
            "method { name = forum, phi = 1, inner-rate = 0.2, inner-steps = 3 }",
            "method.heads = " + heads,
            "schedule.rate = 0.3",
            "optimizer.name = sgd");
    Recorder recorder = new Recorder(problem.aggregator(configuration));
    Batch lower = problem.samples(0, IntStream.range(0, 8).map(i -> 2 * i).toArray());
    Batch upper = problem.samples(0, IntStream.range(0, 8).map(i -> 2 * i + 1).toArray());
    SoloGroup group = new SoloGroup();
    try (Replica replica = problem.replica();
        GradientRoute route = TinyProblem.route(configuration, replica, group, recorder)) {
      replica.parameters().scale(2);
      float[] start = TinyProblem.values(replica.parameters());
      int shared = Math.toIntExact(replica.layout().shared());
      double[][] rows =
          Stream.of(lower, upper)
              .flatMap(half -> Arrays.stream(gradients(replica, half)))
              .toArray(double[][]::new);
      float[] there = start.clone();
      for (int step = 0; step < 3; step++) {
        double[][] down = gradients(replica, lower);
        for (int i = 0; i < there.length; i++) {
          double sum = down[0][i] + down[1][i] + down[2][i];
          there[i] -= (float) (0.2 * (i >= shared && heads.equals("ones") ? sum : sum / 3));
        }
        replica.parameters().write(0, there, 0, there.length);
      }
      double[] after = meanLosses(replica, lower);
      replica.parameters().write(0, start, 0, start.length);
      double[] before = meanLosses(replica, lower);
      assertThat(before[0] - after[0]).isGreaterThan(0.01);

      problem.train(route, 0, 1);
      GradientSummary seen = recorder.seen(1).gradients();
      assertThat(recorder.seen(1).losses().toArray()).containsExactly(before, within(1e-6));
      assertThat(seen.lossesAfter().orElseThrow().toArray()).containsExactly(after, within(1e-6));
      SymmetricMatrix gram = seen.products().get(0);
      for (int i = 0; i < 36; i++) {
        double product = 0;
        for (int p = 0; p < (heads.equals("ones") ? shared : start.length); p++) {
          product += rows[i / 6][p] * rows[i % 6][p];
        }
        assertThat(gram.at(i / 6, i % 6)).isCloseTo(product, within(1e-6));
      }
      double[] weights = recorder.weights(1).shared().toArray();
      assertThat(weights[0]).as("the lower level counts").isGreaterThan(0.05);
      float[] end = TinyProblem.values(replica.parameters());
      for (int i = 0; i < end.length; i++) {
        double step = 0;
        for (int k = 0; k < 3; k++) {
          double both = i >= shared && heads.equals("ones") ? weights[k] + weights[3 + k] : 1;
          step += (weights[k] * rows[k][i] + weights[3 + k] * rows[3 + k][i]) / both;
        }
        assertThat((double) end[i]).isCloseTo(start[i] - 0.3 * step, within(2e-6));
      }
    }
  }

  /** Every sample stands three times in the batch, once in each part. */
  @ParameterizedTest
  @ValueSource(strings = {"sdmgrad", "modo"})
  void equalPartsHaveEqualGradients(String method) {
    TinyProblem problem = new TinyProblem(3, 12, 0);
    TrainingConfiguration configuration =
        problem.configuration(
            "method.name = " + method, "schedule.rate = 0.1", "optimizer.name = sgd");
    Recorder recorder = new Recorder(problem.aggregator(configuration));
    SoloGroup group = new SoloGroup();
    try (Replica replica = problem.replica();
        GradientRoute route = TinyProblem.route(configuration, replica, group, recorder)) {
      Batch once = problem.samples(0, 0, 1, 2, 3);
      Batch thrice = problem.samples(0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3);
      double[][] gradients = gradients(replica, once);
      double[] losses = meanLosses(replica, once);
      route.step(thrice, 0, 0);
      int shared = Math.toIntExact(replica.layout().shared());
      Observation seen = recorder.seen(0);
      SymmetricMatrix gram = seen.gradients().products().get(0);
      assertThat(gram.size()).isEqualTo(9);
      assertThat(seen.losses().toArray()).containsExactly(losses, within(1e-6));
      for (int i = 0; i < 81; i++) {
        double product = 0;
        for (int p = 0; p < shared; p++) {
          product += gradients[i / 9 % 3][p] * gradients[i % 9 % 3][p];
        }
        assertThat(gram.at(i / 9, i % 9)).isCloseTo(product, within(1e-6));
      }
      float[] gradient = TinyProblem.values(replica.gradient());
      double[] weights = recorder.weights(0).shared().toArray();
      for (int p = 0; p < gradient.length; p++) {
        double expected = 0;
        for (int k = 0; k < 3; k++) {
          double ofAll = weights[k] + weights[3 + k] + weights[6 + k];
          expected += (p < shared ? ofAll : 1) * gradients[k][p];
        }
        assertThat((double) gradient[p]).isCloseTo(expected, within(1e-6));
      }
    }
  }

  /** Inner products and the update of every group against gradients taken one by one. */
  @ParameterizedTest
  @CsvSource({"layer, LAYER", "tensor, TENSOR"})
  void groupsHaveTheirOwnInnerProductsAndWeights(String per, Groups groups) {
    TrainingConfiguration configuration =
        FULL.configuration(
            "method { name = gradvac, per = " + per + " }",
            "schedule.rate = 0.1",
            "optimizer.name = sgd");
    Recorder recorder = new Recorder(FULL.aggregator(configuration));
    // Weights that tell groups and tasks apart.
    AggregatorLink numbered =
        report -> {
          double[] weights = new double[recorder.ask(report).numbers().length - 3];
          Arrays.setAll(weights, i -> 1 + 0.1 * i);
          return new StepAnswer.Weights(Vector.of(weights), Vector.ones(3));
        };
    SoloGroup group = new SoloGroup();
    try (Replica replica = FULL.replica();
        GradientRoute route = TinyProblem.route(configuration, replica, group, numbered)) {
      double[][] gradients = gradients(replica, FULL.batch(0, 0, 1));
      FULL.train(route, 0, 1);
      List<SymmetricMatrix> grams = recorder.seen(0).gradients().products();
      float[] gradient = TinyProblem.values(replica.gradient());
      List<List<ParameterGroups.Range>> all = ParameterGroups.of(replica.layout(), groups);
      assertThat(grams).hasSameSizeAs(all);
      assertThat(recorder.weights(0).shared().size()).isEqualTo(3 * all.size());
      double[] weights = new double[3 * all.size()];
      Arrays.setAll(weights, i -> 1 + 0.1 * i);
      for (int g = 0; g < all.size(); g++) {
        double[] expected = new double[9];
        for (ParameterGroups.Range range : all.get(g)) {
          for (int p = (int) range.from(); p < range.to(); p++) {
            double sum = 0;
            for (int k = 0; k < 3; k++) {
              sum += weights[3 * g + k] * gradients[k][p];
              for (int l = 0; l < 3; l++) {
                expected[3 * k + l] += gradients[k][p] * gradients[l][p];
              }
            }
            assertThat((double) gradient[p]).isCloseTo(sum, within(1e-6));
          }
        }
        assertThat(grams.get(g).toArray()).containsExactly(expected, within(1e-6));
      }
    }
  }

  /** In single precision where the gradients lie, against doubles of the JVM. */
  @ParameterizedTest
  @ValueSource(strings = {"graddrop", "excess-mtl"})
  void elementsAreTakenUpAsInDoubles(String name) {
    TinyProblem wide = new TinyProblem(3, 8, 0, 600);
    TrainingConfiguration configuration =
        wide.configuration("method.name = " + name, "schedule.rate = 0.01", "optimizer.name = sgd");
    ElementMethod method = (ElementMethod) configuration.method().method();
    Recorder recorder = new Recorder(wide.aggregator(configuration));
    SoloGroup group = new SoloGroup();
    try (Replica replica = wide.replica();
        GradientRoute route = TinyProblem.route(configuration, replica, group, recorder)) {
      int shared = Math.toIntExact(replica.layout().shared());
      assertThat(shared).isGreaterThan(10_000);
      List<DoubleVector> squares = DoubleVector.over(new double[3][shared]);
      for (int step = 0; step < 3; step++) {
        List<double[]> rows =
            Arrays.stream(gradients(replica, wide.batch(step, 0, 1)))
                .map(row -> Arrays.copyOf(row, shared))
                .toList();
        wide.train(route, step, step + 1);
        Elements<DoubleVector> whole =
            new Elements<>(
                DoubleVector.over(rows.toArray(double[][]::new)),
                Map.of("squares", squares),
                0,
                Draws.of(3).of("method").at(step));
        double[] sums = new double[3];
        method.measure(whole, sums);
        double[] numbers = recorder.seen(step).gradients().numbers();
        for (int k = 0; k < 3; k++) {
          Vector row = Vector.of(rows.get(k));
          assertThat(numbers[k]).isCloseTo(row.dot(row), within(1e-5 * row.dot(row)));
          assertThat(numbers[3 + k]).isCloseTo(sums[k], within(1e-5 * sums[k]));
        }
        double[] expected = new double[shared];
        method.combine(whole, recorder.weights(step).shared(), DoubleVector.over(expected));
        float[] gradient = TinyProblem.values(replica.gradient());
        for (int p = 0; p < shared; p++) {
          assertThat((double) gradient[p]).isCloseTo(expected[p], within(1e-6));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "method.name = moco, optimizer.name = sgd",
        "method.name = excess-mtl, optimizer.name = sgd",
        "method.name = adatask, optimizer.name = adam",
        "method.name = mao, optimizer.name = adamw",
        "method.name = mtl-io, optimizer { name = sgd, momentum = 0.9 }",
      })
  void whatTwoRanksRememberGoesOnWithAnyOtherNumber(String settings) throws Exception {
    TrainingConfiguration configuration = GAPS.configuration(settings, "schedule.rate = 0.01");
    Aggregator first = GAPS.aggregator(configuration);
    int tasks = GAPS.tasks();
    List<Saved> halves =
        Ranks.run(
            2,
            group -> {
              try (Replica replica = GAPS.replica();
                  GradientRoute route =
                      TinyProblem.route(configuration, replica, group, first::weigh)) {
                GAPS.train(route, 0, 3);
                return saved(replica, route, tasks);
              }
            });
    assertThat(halves.get(1).rows()).isEqualTo(halves.get(0).rows());
    Map<String, double[]> ofDriver = first.save();
    float[] whole = trained(GAPS, 2, 6, settings, "schedule.rate = 0.01").get(0);
    for (int ranks : new int[] {1, 2, 3}) {
      Aggregator again = GAPS.aggregator(configuration);
      again.restore(ofDriver);
      Ranks.Body<List<float[]>> body =
          group -> {
            try (Replica replica = GAPS.replica();
                GradientRoute route =
                    TinyProblem.route(configuration, replica, group, again::weigh)) {
              Saved half = halves.get(0);
              replica.parameters().write(0, half.parameters(), 0, half.parameters().length);
              half.optimizer()
                  .forEach(
                      (name, values) ->
                          route.optimizerState().get(name).write(0, values, 0, values.length));
              RowState state = route.rowState().orElseThrow();
              state.restore(new ByteArrayInputStream(bytes(half.rows())), "rows", tasks);
              assertThat(saved(replica, route, tasks).rows()).isEqualTo(half.rows());
              GAPS.train(route, 3, 6);
              return List.of(TinyProblem.values(replica.parameters()));
            }
          };
      List<float[]> ends =
          ranks == 1 ? body.run(new SoloGroup()) : Ranks.run(ranks, body).get(ranks - 1);
      if (ranks == 2) {
        assertThat(ends.get(0)).isEqualTo(whole);
      }
      assertThat(Runs.difference(ends.get(0), whole)).isLessThan(1e-4);
    }
  }

  /** What one rank has at the end, all of it copied. */
  private record Saved(List<Byte> rows, Map<String, float[]> optimizer, List<float[]> weights) {
    float[] parameters() {
      return weights.get(0);
    }
  }

  private static Saved saved(Replica replica, GradientRoute route, int tasks) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    route.rowState().orElseThrow().save(out, tasks);
    List<Byte> rows = new ArrayList<>();
    for (byte value : out.toByteArray()) {
      rows.add(value);
    }
    Map<String, float[]> optimizer = new java.util.HashMap<>();
    route.optimizerState().forEach((name, values) -> optimizer.put(name, values.toArray()));
    return new Saved(rows, optimizer, List.of(TinyProblem.values(replica.parameters())));
  }

  private static byte[] bytes(List<Byte> boxed) {
    byte[] bytes = new byte[boxed.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = boxed.get(i);
    }
    return bytes;
  }

  @Test
  void rowsOfAnotherNumberOfTasksAreRefused() throws Exception {
    TrainingConfiguration configuration = GAPS.configuration("method.name = moco");
    RankGroup group = new SoloGroup();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Replica replica = GAPS.replica();
        GradientRoute route = TinyProblem.route(configuration, replica, group, report -> null)) {
      route.rowState().orElseThrow().save(out, 3);
    }
    TinyProblem other = new TinyProblem(2, 23, 0);
    try (Replica replica = other.replica();
        GradientRoute route =
            TinyProblem.route(
                other.configuration("method.name = moco"), replica, group, report -> null)) {
      RowState state = route.rowState().orElseThrow();
      assertThatThrownBy(
              () -> state.restore(new ByteArrayInputStream(out.toByteArray()), "rows file", 2))
          .hasMessageContaining("rows file");
    }
  }
}
