package org.sparkmto.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.BilevelMethod;
import org.sparkmto.method.Derivatives;
import org.sparkmto.method.GradientForm;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.LocalStep;
import org.sparkmto.method.LossesAfter;
import org.sparkmto.method.Method;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;
import org.sparkmto.random.Draws;
import org.sparkmto.training.Runs;

class AggregatorTest {
  private static final List<String> TASKS = List.of("a", "b", "c");
  private static final long STEPS_PER_EPOCH = 4;

  private static Aggregator aggregator(String... settings) {
    return new Aggregator(configuration(settings), TASKS, (seen, weighing) -> {});
  }

  private static TrainingConfiguration configuration(String... settings) {
    return Runs.configuration(Path.of("data"), Path.of("run"), settings);
  }

  /** What a step could report: losses that fall, gradients of three tasks in four dimensions. */
  private static Observation observation(long step, boolean gaps) {
    Draws draws = Draws.of(11).at(step);
    double[] losses = new double[3];
    double[][] gradients = new double[3][4];
    for (int task = 0; task < 3; task++) {
      losses[task] = (task + 1) * (0.2 + draws.of("loss").uniform(task) / (1 + step));
      for (int i = 0; i < 4; i++) {
        gradients[task][i] = draws.of("gradient").normal(task * 4L + i);
      }
      if (gaps && (step + task) % 3 == 0) {
        losses[task] = Double.NaN;
        gradients[task] = new double[4];
      }
    }
    double[] gram = new double[9];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          gram[i * 3 + j] += gradients[i][k] * gradients[j][k];
        }
      }
    }
    return observation(step, losses).withGram(SymmetricMatrix.of(3, gram));
  }

  private static Observation observation(long step, double... losses) {
    double[] labelled = new double[losses.length];
    Arrays.setAll(labelled, task -> Double.isNaN(losses[task]) ? 0 : 1);
    return Observation.ofLosses(
        step, (int) (step / STEPS_PER_EPOCH), Vector.of(losses), Vector.of(labelled));
  }

  private static Observation labelled(long step, double... losses) {
    return Observation.ofLosses(step, 0, Vector.of(losses), Vector.ones(losses.length));
  }

  private static List<double[]> answers(Aggregator aggregator, int from, int to, boolean gaps) {
    // Methods of losses see nothing else of it.
    return answers("method.name = mgda", aggregator, from, to, gaps);
  }

  private static List<double[]> answers(
      String method, Aggregator aggregator, int from, int to, boolean gaps) {
    List<double[]> answers = new ArrayList<>();
    for (Asked asked : asked(to, gaps, method)) {
      if (asked.report().step() >= from) {
        answers.add(aggregator.weigh(asked.report()).numbers());
      }
    }
    return answers;
  }

  /**
   * A report, and what a step in memory makes of it.
   *
   * @param wanted empty where nothing is weighed
   */
  private record Asked(StepReport report, Optional<Weighing> wanted) {}

  /** What ranks would report of the first steps. */
  private static List<Asked> asked(int steps, boolean gaps, String... settings) {
    TrainingConfiguration configuration = configuration(settings);
    MethodEntry.Made made = configuration.method();
    LocalStep local =
        LocalStep.of(made, TASKS)
            .draws(Draws.of(configuration.seed()))
            .optimizer(configuration.optimizer())
            .start();
    List<Asked> all = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      Observation plain = observation(step, gaps);
      double rate = configuration.schedule().rate(step, plain.epoch());
      LocalStep.Problem problem =
          LocalStep.Problem.at(
              plain.losses(), rows(step, 0, gaps), rows(step, 1, gaps), rows(step, 2, gaps));
      Observation seen = local.observe(problem, plain.labelled(), plain.epoch());
      Vector derivatives = plain.gradients().squaredNorms().orElseThrow();
      switch (made.method().secondQuestion()) {
        case NONE -> all.add(new Asked(new StepReport.Observed(seen), weighed(local, seen, rate)));
        case AFTER_TRIAL -> {
          Observation after = seen.with(afterTrial(made.method(), seen.gradients(), derivatives));
          all.add(new Asked(new StepReport.Observed(seen), Optional.empty()));
          all.add(new Asked(new StepReport.Observed(after), weighed(local, after, rate)));
        }
        case AFTER_UPDATE -> {
          all.add(new Asked(new StepReport.Observed(seen), weighed(local, seen, rate)));
          local.lookAgain(derivatives);
          all.add(new Asked(new StepReport.Updated(step, derivatives), Optional.empty()));
        }
      }
    }
    return all;
  }

  private static GradientSummary afterTrial(Method method, GradientSummary before, Vector numbers) {
    return before.form() == GradientForm.PART_GRAM
        ? new LossesAfter((GradientSummary.PartGram) before, numbers)
        : Derivatives.of(
            ((BilevelMethod) method).targets(TASKS).stream().map(numbers::times).toList());
  }

  private static Optional<Weighing> weighed(LocalStep local, Observation seen, double rate) {
    return Optional.of(local.weigh(seen, rate));
  }

  /** The gradients of three tasks over one part of a step's batch. */
  private static double[][] rows(long step, int part, boolean gaps) {
    Draws draws = Draws.of(12).at(step).at(part);
    double[][] rows = new double[3][4];
    for (int row = 0; row < 3; row++) {
      for (int i = 0; i < 4; i++) {
        rows[row][i] = gaps && (step + row) % 3 == 0 ? 0 : draws.normal(row * 4L + i);
      }
    }
    return rows;
  }

  /** The driver of a run and a step in memory are two callers of the same mathematics. */
  @ParameterizedTest
  @MethodSource("methods")
  void answersWhatAStepInMemoryWeighs(String method) {
    Aggregator aggregator = aggregator(method);
    for (Asked asked : asked(12, true, method)) {
      double[] numbers = aggregator.weigh(asked.report()).numbers();
      asked
          .wanted()
          .ifPresent(
              weighing ->
                  assertThat(numbers)
                      .startsWith(weighing.shared().followedBy(weighing.heads()).toArray()));
    }
  }

  static Stream<String> methods() {
    return Runs.everyMethod().stream();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void whatIsRestoredGoesOnBitByBit(String method) {
    for (String optimizer :
        method.contains("optimizer")
            ? List.of("log.cosines-every = 0")
            : List.of("optimizer.name = adam", "optimizer { name = sgd, momentum = 0.9 }")) {
      Aggregator whole = aggregator(method, optimizer);
      answers(method, whole, 0, 7, true);
      Map<String, double[]> saved = whole.save();
      Aggregator restored = aggregator(method, optimizer);
      restored.restore(saved);
      assertThat(sorted(restored.save())).usingRecursiveComparison().isEqualTo(sorted(saved));
      List<double[]> expected = answers(method, whole, 7, 20, true);
      List<double[]> found = answers(method, restored, 7, 20, true);
      assertThat(found.toArray(double[][]::new)).isDeepEqualTo(expected.toArray(double[][]::new));
      assertThat(sorted(restored.save()))
          .usingRecursiveComparison()
          .isEqualTo(sorted(whole.save()));
    }
  }

  private static Map<String, double[]> sorted(Map<String, double[]> arrays) {
    return new TreeMap<>(arrays);
  }

  /** Otherwise the test above could restore nothing and pass. */
  @ParameterizedTest
  @ValueSource(strings = {"dwa", "uw", "imtl-l", "imtl"})
  void theStateOfMethodsThatHaveOneMatters(String method) {
    String name = "method.name = " + method;
    Aggregator whole = aggregator(name);
    answers(whole, 0, 9, false);
    Aggregator fresh = aggregator(name);
    fresh.restore(withStep(fresh.save(), 9));
    assertThat(answers(fresh, 9, 10, false).get(0))
        .isNotEqualTo(answers(whole, 9, 10, false).get(0));
  }

  private static Map<String, double[]> withStep(Map<String, double[]> arrays, long step) {
    Map<String, double[]> changed = new TreeMap<>(arrays);
    changed.put("next-step", new double[] {step});
    return changed;
  }

  /** IMTL-L by hand: s follows exp(s) L - 1 with Adam, the equations of the papers written out. */
  @Test
  void whatAMethodLearnsFollowsTheModelsOptimiserAndSchedule() {
    Aggregator aggregator =
        aggregator(
            "method.name = imtl-l",
            "optimizer.name = adam",
            "schedule { name = step-decay, rate = 0.1, every-epochs = 2, factor = 0.5 }");
    double[] s = new double[3];
    double[] first = new double[3];
    double[] second = new double[3];
    for (int step = 0; step < 20; step++) {
      Observation seen = observation(step, false);
      double[] weights = aggregator.weigh(new StepReport.Observed(seen)).numbers();
      double rate = 0.1 * Math.pow(0.5, (int) (step / STEPS_PER_EPOCH / 2));
      for (int task = 0; task < 3; task++) {
        assertThat(weights[task]).isCloseTo(Math.exp(s[task]), within(1e-12));
        double gradient = Math.exp(s[task]) * seen.losses().at(task) - 1;
        first[task] = 0.9 * first[task] + 0.1 * gradient;
        second[task] = 0.999 * second[task] + 0.001 * gradient * gradient;
        double m = first[task] / (1 - Math.pow(0.9, step + 1));
        double v = second[task] / (1 - Math.pow(0.999, step + 1));
        s[task] -= rate * m / (Math.sqrt(v) + 1e-8);
      }
    }
    assertThat(aggregator.save().get("method/task/s")).containsExactly(s, within(1e-12));
  }

  @Test
  void theSameHoldsForMomentum() {
    Aggregator aggregator =
        aggregator(
            "method.name = imtl-l",
            "optimizer { name = sgd, momentum = 0.9 }",
            "schedule.rate = 0.03");
    double[] s = new double[3];
    double[] velocity = new double[3];
    for (int step = 0; step < 10; step++) {
      Observation seen = observation(step, false);
      aggregator.weigh(new StepReport.Observed(seen));
      for (int task = 0; task < 3; task++) {
        double gradient = Math.exp(s[task]) * seen.losses().at(task) - 1;
        velocity[task] = 0.9 * velocity[task] + gradient;
        s[task] -= 0.03 * velocity[task];
      }
    }
    assertThat(aggregator.save().get("method/task/s")).containsExactly(s, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"uw", "imtl-l", "imtl"})
  void whatIsLearnedForATaskStaysWhereItIsWhileTheTaskHasNoLabel(String method) {
    Aggregator aggregator = aggregator("method.name = " + method, "optimizer.name = adam");
    answers(aggregator, 0, 5, false);
    Map<String, double[]> before = sorted(aggregator.save());
    Observation gap = observation(6, true); // task 0 has no label
    assertThat(gap.losses().at(0)).isNaN();
    StepAnswer answer =
        aggregator.weigh(
            new StepReport.Observed(
                new Observation(5, 1, gap.losses(), gap.labelled(), gap.gradients())));
    assertThat(answer.numbers()[0]).isZero();
    Map<String, double[]> after = aggregator.save();
    before.forEach(
        (name, values) -> {
          if (!name.equals("next-step")) {
            assertThat(after.get(name)[0]).as(name).isEqualTo(values[0]);
            assertThat(after.get(name)[1]).as(name).isNotEqualTo(values[1]);
          }
        });
    assertThat(before).hasSize(4); // the step, what is learned, and Adam's two moments of it
  }

  @Test
  void aStepThatIsNotTheNextOneIsRefusedAndChangesNothing() {
    Aggregator aggregator = aggregator("method.name = uw");
    answers(aggregator, 0, 3, false);
    Map<String, double[]> before = sorted(aggregator.save());
    for (long step : new long[] {2, 4}) {
      assertThatThrownBy(() -> aggregator.weigh(new StepReport.Observed(observation(step, false))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("step " + step)
          .hasMessageContaining("step 3 was expected");
    }
    assertThat(sorted(aggregator.save())).usingRecursiveComparison().isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"NaN, not a number", "Infinity, infinite"})
  void aLossThatIsNotFiniteNamesTaskAndStep(double loss, String said) {
    Aggregator aggregator = aggregator("method.name = ew");
    answers(aggregator, 0, 3, false);
    StepReport bad = new StepReport.Observed(labelled(3, 0.5, loss, 0.5));
    assertThatThrownBy(() -> aggregator.weigh(bad))
        .isInstanceOf(DivergedException.class)
        .hasMessageStartingWith("step 3: the loss is " + said + ", of task 'b' alone; try a lower");
  }

  @Test
  void beforeTheFirstUpdateTheRateIsNotBlamed() {
    StepReport bad = new StepReport.Observed(labelled(0, 0.5, Double.NaN, Double.NaN));
    assertThatThrownBy(() -> aggregator("method.name = ew").weigh(bad))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("of task 'b' and 1 other; nothing has been updated yet")
        .hasMessageNotContaining("rate");
  }

  @Test
  void stateOfAnotherMethodOrNumberOfTasksIsRefusedWhenItIsRestored() {
    Map<String, double[]> uw = aggregator("method.name = uw").save();
    for (String other : List.of("ew", "dwa")) {
      assertThatThrownBy(() -> aggregator("method.name = " + other).restore(uw))
          .as(other)
          .isInstanceOf(IllegalArgumentException.class);
    }
    Map<String, double[]> ew = aggregator("method.name = ew").save();
    assertThatThrownBy(() -> aggregator("method.name = dwa").restore(ew))
        .isInstanceOf(IllegalArgumentException.class);
    Aggregator two =
        new Aggregator(
            configuration("method.name = uw"), List.of("a", "b"), (seen, weighing) -> {});
    assertThatThrownBy(() -> two.restore(uw)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> aggregator("method.name = ew").restore(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("next-step");
    String following = "method { name = uw, rate = schedule }";
    Map<String, double[]> momentum = aggregator(following).save();
    assertThatThrownBy(() -> aggregator(following, "optimizer.name = adam").restore(momentum))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** What is learned at half the schedule's rate is learned as by a schedule of half the rate. */
  @ParameterizedTest
  @ValueSource(strings = {"uw", "imtl-l", "gradnorm"})
  void theRateOfWhatAMethodLearnsIsAFactorOfTheSchedules(String name) {
    String follows = "method { name = %s, rate = schedule }".formatted(name);
    String half = "update.learned-rate = 0.5";
    assertThat(learned(follows, half, "schedule.rate = 0.1"))
        .isEqualTo(learned(follows, "schedule.rate = 0.05"))
        .isNotEqualTo(learned(follows, "schedule.rate = 0.1"));
    assertThat(learned(follows, "update.learned-rate = 0"))
        .as("nothing is learned")
        .isEqualTo(learned(follows, "update.learned-rate = 0, schedule.rate = 7"))
        .isNotEqualTo(learned(follows));
  }

  private static List<List<Double>> learned(String... settings) {
    return answers(settings[0], aggregator(settings), 0, 6, false).stream()
        .map(numbers -> Arrays.stream(numbers).boxed().toList())
        .toList();
  }

  @Test
  void weightsForAnotherNumberOfTasksAreRefusedBeforeTheFirstStep() {
    assertThatThrownBy(() -> aggregator("method { name = ew, weights = [1, 2] }"))
        .isInstanceOf(org.sparkmto.options.ConfigurationException.class)
        .hasMessageContaining("method");
  }
}
