package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.analysis.GradientAnalysis;
import org.sparkmto.analysis.GradientAnalysis.Group;
import org.sparkmto.analysis.GradientAnalysis.Kind;
import org.sparkmto.analysis.GradientSums;
import org.sparkmto.analysis.PairMeasure;
import org.sparkmto.analysis.PairStatistics;
import org.sparkmto.analysis.PairSums;
import org.sparkmto.analysis.Pairing;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Task;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.method.Observation;
import org.sparkmto.method.Weighing;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.training.Runs;
import org.sparkmto.trial.SyntheticProblem;

/** What a run finds of the gradients of its steps, over ranks, and held against the gradients. */
class StepAnalysisTest {
  private static final TinyProblem PROBLEM = new TinyProblem(3, 12, 0.2);
  private static final String EVERY_STEP = "analyze { every = 1, samples = 4 }";

  /** Sums of some hundred floats, added up in another order. */
  private static final double ROUNDING = 1e-6;

  @BeforeAll
  static void oneThreadARank() {
    ComputeThreads.use(1);
  }

  /** Some steps, where they end, and what was found in each. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Course(List<GradientAnalysis> found, float[] end) {}

  /** A rank's part of a step's batch. */
  private interface Parts {
    Batch of(int step, int rank, int ranks);
  }

  private static Course run(int ranks, int steps, String... settings) throws Exception {
    return run(PROBLEM.plan(), PROBLEM.configuration(settings), PROBLEM::batch, ranks, steps);
  }

  private static Course run(
      NetworkPlan plan, TrainingConfiguration configuration, Parts parts, int ranks, int steps)
      throws Exception {
    ParameterLayout layout = plan.layout();
    List<GradientAnalysis> found = new ArrayList<>();
    Aggregator aggregator =
        new Aggregator(
            configuration,
            plan.tasks().stream().map(Task::name).toList(),
            ParameterGroups.count(configuration.method().method(), layout),
            new Aggregator.Listener() {
              @Override
              public void weighed(Observation seen, Weighing weighing) {}

              @Override
              public void analysed(long step, long epoch, GradientSums sums) {
                assertThat(step).isEqualTo(found.size());
                found.add(GradientAnalysis.of(sums, ParameterGroups.layers(layout)));
              }
            });
    Ranks.Body<float[]> body =
        group -> {
          try (Replica replica = Replica.of(plan, Draws.of(11));
              GradientRoute route =
                  TinyProblem.route(configuration, replica, group, aggregator::weigh)) {
            for (int step = 0; step < steps; step++) {
              route.step(parts.of(step, group.rank(), group.size()), step, 0);
            }
            return TinyProblem.values(replica.parameters());
          }
        };
    float[] end = ranks == 1 ? body.run(new SoloGroup()) : Ranks.run(ranks, body).get(ranks - 1);
    return new Course(found, end);
  }

  static Stream<String> oneOfEachKind() {
    return Stream.concat(
        Runs.oneOfEachKind().stream(),
        Stream.of(
            "method.name = ew, training.micro-batch = 4",
            "method.name = ew, update.clip-norm = 0.01",
            "method.name = ew, update.freeze-encoder-steps = 1"));
  }

  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void itIsTheSameOnRanksAndChangesNoBit(String method) throws Exception {
    // An adaptive rule divides by gradients that rounding alone keeps from zero.
    String descent = method.contains("optimizer") ? "" : "optimizer { name = sgd, momentum = 0.9 }";
    String[] lines = {method, "schedule.rate = 0.005", descent};
    Course plain = run(1, 2, lines);
    assertThat(plain.found()).isEmpty();
    String[] more = {method, "schedule.rate = 0.005", descent, EVERY_STEP};
    Course one = run(1, 2, more);
    assertThat(one.end()).isEqualTo(plain.end());
    assertThat(one.found()).hasSize(2);
    // Later ones are of parameters that are the same but for rounding.
    assertClose(run(2, 1, more).found().get(0), one.found().get(0));
  }

  /** Ranks add up in every layer there, forward and in each of the backward passes. */
  @ParameterizedTest
  @CsvSource({"synchronised, 0, none", "ghost, 4, blocks"})
  void ranksCannotBeSeenWithBatchNormalisation(String statistics, int group, String recompute)
      throws Exception {
    SyntheticProblem problem = SyntheticProblem.mixed(32, 8);
    TrainingConfiguration configuration =
        TrainingConfiguration.parse(
            """
            run { directory = none, seed = 3 }
            data.directory = none
            training.batch = 8
            optimizer.name = sgd
            network { statistics = %s, ghost-samples = %d, recompute = %s }
            analyze { every = 1, samples = 2 }
            """
                .formatted(statistics, group, recompute));
    Parts parts = (step, rank, ranks) -> problem.part(rank, ranks);
    GradientAnalysis one = run(problem.plan(), configuration, parts, 1, 1).found().get(0);
    GradientAnalysis two = run(problem.plan(), configuration, parts, 2, 1).found().get(0);
    for (Pairing pairing : Pairing.values()) {
      PairStatistics found = two.network().pairs().get(pairing);
      PairStatistics wanted = one.network().pairs().get(pairing);
      assertThat(found.of(PairMeasure.COSINE).count()).isPositive();
      for (PairMeasure measure : List.of(PairMeasure.COSINE, PairMeasure.MAGNITUDE_SIMILARITY)) {
        // Normalisation divides differences of floats.
        assertThat(found.of(measure).mean())
            .as("%s %s", pairing, measure)
            .isCloseTo(wanted.of(measure).mean(), within(1e-4));
      }
    }
  }

  private static void assertClose(GradientAnalysis found, GradientAnalysis wanted) {
    assertThat(numbers(found).keySet()).isEqualTo(numbers(wanted).keySet());
    Map<String, Double> numbers = numbers(found);
    numbers(wanted)
        .forEach(
            (name, value) ->
                assertThat(numbers.get(name)).as(name).isCloseTo(value, within(ROUNDING)));
  }

  private static Map<String, Double> numbers(GradientAnalysis analysis) {
    Map<String, Double> numbers = new TreeMap<>();
    for (Group group : analysis.groups()) {
      String name = group.kind() + " " + group.name() + " ";
      group
          .pairs()
          .forEach(
              (pairing, pairs) ->
                  pairs
                      .measures()
                      .forEach(
                          (measure, moments) -> {
                            String of = name + pairing + " " + measure;
                            numbers.put(of + " count", (double) moments.count());
                            if (moments.count() > 0) {
                              numbers.put(of, moments.mean());
                            }
                          }));
      for (int task = 0; task < group.contributions().size(); task++) {
        numbers.put(name + "contribution " + task, group.contributions().get(task));
      }
      for (int task = 0; task < group.magnitudes().size(); task++) {
        numbers.put(name + "magnitude " + task, group.magnitudes().get(task));
      }
    }
    return numbers;
  }

  /** The shared part of the gradient of a task's mean loss over some samples, in double. */
  private static double[] gradient(Replica replica, Batch samples, int task) {
    try (ForwardPass pass = replica.forward(samples, Cut.NONE)) {
      double[] only = new double[PROBLEM.tasks()];
      only[task] = 1 / pass.labelled()[task];
      float[] all = pass.backward(only, only).toArray();
      double[] shared = new double[(int) replica.layout().shared()];
      Arrays.setAll(shared, p -> all[p]);
      return shared;
    }
  }

  private static boolean isLabelled(Replica replica, Batch samples, int task) {
    return replica.labelled(samples)[task] > 0;
  }

  /** Pair by pair, of gradients that passes of single samples and tasks give. */
  @Test
  void itIsWhatTheGradientsSay() throws Exception {
    GradientAnalysis found = run(1, 1, "method.name = ew", EVERY_STEP).found().get(0);
    int[] drawn = Arrays.copyOf(Draws.of(3).of("analyze").at(0).permutation(PROBLEM.samples()), 4);
    int tasks = PROBLEM.tasks();
    try (Replica replica = PROBLEM.replica()) {
      double[][] means = new double[tasks][];
      List<List<double[]>> bySample = new ArrayList<>();
      List<List<double[]>> byTask = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        means[task] = gradient(replica, PROBLEM.batch(0, 0, 1), task);
        byTask.add(new ArrayList<>());
      }
      for (int position : drawn) {
        Batch sample = PROBLEM.samples(0, position);
        List<double[]> here = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
          if (isLabelled(replica, sample, task)) {
            double[] own = gradient(replica, sample, task);
            here.add(own);
            byTask.get(task).add(own);
          }
        }
        bySample.add(here);
      }
      int at = 0;
      for (Group layer : found.of(Kind.LAYER)) {
        assertDirect(layer, means, bySample, byTask, at, at + (int) layer.parameters());
        at += (int) layer.parameters();
      }
      assertThat(at).isEqualTo((int) replica.layout().shared());
      assertDirect(found.network(), means, bySample, byTask, 0, at);
    }
  }

  private static void assertDirect(
      Group group,
      double[][] means,
      List<List<double[]>> bySample,
      List<List<double[]>> byTask,
      int from,
      int to) {
    Map<Pairing, PairStatistics> pairs = group.pairs();
    assertPairs(pairs.get(Pairing.TASKS), List.of(List.of(means)), from, to);
    assertPairs(pairs.get(Pairing.TASKS_OF_SAMPLE), bySample, from, to);
    assertPairs(pairs.get(Pairing.SAMPLES_OF_TASK), byTask, from, to);
    List<double[]> bySampleAlone =
        bySample.stream().filter(all -> !all.isEmpty()).map(StepAnalysisTest::mean).toList();
    assertPairs(pairs.get(Pairing.SAMPLES), List.of(bySampleAlone), from, to);
  }

  private static double[] mean(List<double[]> gradients) {
    double[] mean = new double[gradients.get(0).length];
    for (double[] gradient : gradients) {
      Arrays.setAll(mean, p -> mean[p] + gradient[p] / gradients.size());
    }
    return mean;
  }

  private static void assertPairs(
      PairStatistics found, List<List<double[]>> systems, int from, int to) {
    PairStatistics wanted = PairStatistics.NONE;
    double condition = 1;
    for (List<double[]> system : systems) {
      double[][] parts =
          system.stream().map(row -> Arrays.copyOfRange(row, from, to)).toArray(double[][]::new);
      PairStatistics one = PairStatistics.of(PairSums.of(parts));
      wanted = wanted.plus(one);
      if (one.of(PairMeasure.LOG_CONDITION).count() > 0) {
        condition = Math.max(condition, Math.pow(10, one.of(PairMeasure.LOG_CONDITION).mean()));
      }
    }
    assertThat(found.systems()).isEqualTo(wanted.systems());
    for (PairMeasure measure : PairMeasure.values()) {
      assertThat(found.of(measure).count()).as("%s", measure).isEqualTo(wanted.of(measure).count());
      if (wanted.of(measure).count() > 0) {
        double mean = wanted.of(measure).mean();
        // The smallest singular value has the rounding of floats that are as the largest.
        double scale = measure == PairMeasure.LOG_CONDITION ? condition : 1;
        assertThat(found.of(measure).mean())
            .as("%s", measure)
            .isCloseTo(mean, within(scale * ROUNDING));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'name = sgd, momentum = 0.9', sgd",
    "name = adam, adam",
    "name = adamw, adam",
    "name = rmsprop, rmsprop",
    "name = adagrad, adagrad"
  })
  void aContributionIsTheEffectiveRateTimesTheWeightedGradient(String optimizer, String rule)
      throws Exception {
    double rate = 0.01;
    String[] lines = {
      "method { name = imtl-g, level = parameters }",
      "optimizer { " + optimizer + " }",
      "schedule.rate = " + rate,
      EVERY_STEP
    };
    Group found = run(1, 1, lines).found().get(0).network();
    lines[0] = "method.name = ew";
    Group equal = run(1, 1, lines).found().get(0).network();
    double[][] gradients = new double[3][];
    try (Replica replica = PROBLEM.replica()) {
      for (int task = 0; task < 3; task++) {
        gradients[task] = gradient(replica, PROBLEM.batch(0, 0, 1), task);
      }
    }
    for (int task = 0; task < 3; task++) {
      double sum = 0;
      for (int p = 0; p < gradients[task].length; p++) {
        double all = gradients[0][p] + gradients[1][p] + gradients[2][p];
        // After one step the means that these rules keep are of one gradient.
        double divisor =
            switch (rule) {
              case "adam" -> Math.abs(all) + 1e-8;
              case "rmsprop" -> Math.sqrt(0.01) * Math.abs(all) + 1e-8;
              case "adagrad" -> Math.abs(all) + 1e-10;
              default -> 1;
            };
        sum += rate * Math.abs(gradients[task][p]) / divisor;
      }
      double mean = sum / gradients[task].length;
      // Where gradients cancel, divisors are the rounding of floats.
      assertThat(equal.contributions().get(task)).isCloseTo(mean, within(1e-3 * mean));
    }
    assertThat(found.contributions()).hasSize(3).isNotEqualTo(equal.contributions());
  }

  /** What the paper of MAO shows: its tasks contribute alike, however long their gradients are. */
  @Test
  void tasksOfMaoContributeAlike() throws Exception {
    String[] lines = {
      "method.name = mao",
      "optimizer { name = adam, epsilon = 1e-16 }",
      "schedule.rate = 0.01",
      "analyze.every = 1"
    };
    Group mao = run(1, 1, lines).found().get(0).network();
    lines[0] = "method.name = ew";
    Group ew = run(1, 1, lines).found().get(0).network();
    assertThat(mao.magnitudes()).isEqualTo(ew.magnitudes());
    assertThat(spread(ew.contributions())).isGreaterThan(1.5);
    // Not 1, because a task moves no parameter whose gradient it leaves at zero.
    assertThat(spread(mao.contributions())).isLessThan(1.25);
  }

  private static double spread(List<Double> values) {
    return Collections.max(values) / Collections.min(values);
  }

  @Test
  void whoDoesNotTellHasNoContributions() throws Exception {
    assertThat(contributions("method.name = graddrop")).isEmpty();
    assertThat(contributions("method.name = ew", "optimizer.name = signum")).isEmpty();
    assertThat(contributions("method.name = ew", "update.freeze-encoder-steps = 1"))
        .containsExactly(0.0, 0.0, 0.0);
  }

  private static List<Double> contributions(String... lines) throws Exception {
    String[] all = Arrays.copyOf(lines, lines.length + 1);
    all[lines.length] = "analyze { every = 1, samples = 0 }";
    GradientAnalysis found = run(1, 1, all).found().get(0);
    assertThat(found.network().pairs().keySet()).containsExactly(Pairing.TASKS);
    return found.network().contributions();
  }

  @Test
  void aSharedStateOfTheOptimizerGivesTheSameContributions() throws Exception {
    String[] lines = {"method.name = ew", "optimizer.name = adam", EVERY_STEP, ""};
    GradientAnalysis whole = run(2, 3, lines).found().get(2);
    lines[3] = "cluster.shard-optimizer = true";
    assertThat(numbers(run(2, 3, lines).found().get(2))).isEqualTo(numbers(whole));
  }
}
