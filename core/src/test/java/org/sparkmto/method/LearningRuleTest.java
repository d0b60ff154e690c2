package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.optimizer.Adam;
import org.sparkmto.optimizer.AdamW;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Sgd;

class LearningRuleTest {
  /** Of conf/nyuv2-ial.conf: 53 steps in each of 100 epochs. */
  private static final int STEPS = 5300;

  /** The network's rate there. */
  private static final double NETWORK = 1e-4;

  private static final Optimizer ADAM = new Adam(0.9, 0.999, 1e-8, 0);

  private static MethodEntry.Made made(String name, Map<String, ?> options) {
    return Methods.byName(name, options);
  }

  /** A method that learns on what is the same in every step. */
  private static final class Lesson {
    private final Weigher weigher;
    private final LearnedVectors learned;
    private final Observation seen;
    private MethodState state;
    private Weighing last;

    Lesson(MethodEntry.Made made, Optimizer ofRun, Observation seen) {
      int tasks = seen.losses().size();
      this.weigher = Systems.weigher(made.method(), tasks);
      this.learned = new LearnedVectors(made.method(), made.learning(), ofRun, tasks);
      this.seen = seen;
      this.state = weigher.initialState();
    }

    Vector after(int steps, String vector, double rate) {
      for (int step = 0; step < steps; step++) {
        Observation now =
            new Observation(step, 0, seen.losses(), seen.labelled(), seen.gradients());
        last = learned.learn(weigher, now, weigher.weigh(now, state), rate);
        state = last.state();
      }
      return state.perTask(vector);
    }
  }

  private static Observation losses(double... losses) {
    double[][] rows = Systems.random(3, losses.length, 9, 1);
    return Systems.observation(rows, Vector.of(losses));
  }

  @ParameterizedTest
  @CsvSource({"ial, sigma", "uw, s", "atw, s", "miraliev, s"})
  void uncertaintiesComeWithinFivePerCentOfTheirOptimaInTheStepsOfARun(String name, String vector) {
    Observation seen = losses(0.5, 0.75, 1, 1.5, 2, 2.5);
    Lesson lesson = new Lesson(made(name, Map.of()), ADAM, seen);
    Vector learned = lesson.after(STEPS, vector, NETWORK);
    Vector variances = variances(name, lesson, learned);
    for (int k = 0; k < variances.size(); k++) {
      // The noise variance that a loss asks for is the loss; 5% of its root are 10% of it.
      assertThat(Math.sqrt(variances.at(k)))
          .isCloseTo(Math.sqrt(seen.losses().at(k)), withinPercentage(5));
    }
  }

  private static Vector variances(String name, Lesson lesson, Vector learned) {
    DoubleUnaryOperator variance = name.equals("ial") ? sigma -> sigma * sigma : Math::exp;
    Vector own = learned.map(variance);
    return name.equals("miraliev") ? own.times(lesson.state.perTask("t").map(Math::exp)) : own;
  }

  @Test
  void gradNormComesNearItsFixedPointInTheStepsOfARun() {
    double[][] rows = {{2, 0, 0}, {0, 1, 0}, {0, 0, 0.7}};
    Observation seen = Systems.observation(rows, Vector.of(1, 2, 3));
    Lesson lesson = new Lesson(made("gradnorm", Map.of("gamma", 0)), ADAM, seen);
    lesson.after(STEPS, "w", NETWORK);
    Vector fixed = Vector.of(2, 1, 0.7).map(norm -> 1 / norm).scaledToSum(3);
    for (int k = 0; k < 3; k++) {
      assertThat(lesson.last.shared().at(k)).isCloseTo(fixed.at(k), withinPercentage(5));
    }
  }

  /** What it was until learned vectors had a rate of their own: constants, not uncertainties. */
  @Test
  void atTheNetworksRateUncertaintiesHardlyMove() {
    Lesson lesson = new Lesson(made("ial", Map.of("rate", "schedule")), ADAM, losses(0.5, 1, 2.5));
    Vector sigma = lesson.after(STEPS, "sigma", NETWORK);
    assertThat(sigma.at(2)).isLessThan(Math.sqrt(2.5) - 0.1);
  }

  @Test
  void scheduleMovesThemAsTheParametersAreMoved() {
    LearningRule follows = made("uw", Map.of("rate", "schedule")).learning();
    Optimizer decaying = new Adam(0.9, 0.999, 1e-8, 0.1);
    assertThat(follows).isEqualTo(LearningRule.ofSchedule());
    assertThat(follows.rate(0.3)).isEqualTo(0.3);
    assertThat(follows.rule(decaying)).isSameAs(decaying);
    for (String method : Set.of("imtl", "imtl-l")) {
      assertThat(made(method, Map.of()).learning()).as(method).isEqualTo(follows);
    }
  }

  @Test
  void aRateOfTheirOwnKnowsNeitherScheduleNorDecay() {
    LearningRule usual = made("gradnorm", Map.of()).learning();
    assertThat(usual.rate(0.3)).isEqualTo(LearningRule.USUAL);
    assertThat(usual.rule(new Sgd(0.9, 0.1, false))).isEqualTo(ADAM);
    LearningRule ofRun = made("uw", Map.of("rate", 0.01, "optimizer", "run")).learning();
    assertThat(ofRun.rate(0.3)).isEqualTo(0.01);
    assertThat(ofRun.rule(new Sgd(0.9, 0.1, false))).isEqualTo(new Sgd(0.9, 0, false));
    assertThat(ofRun.rule(new AdamW(0.9, 0.99, 1e-8, 0.1)))
        .isEqualTo(new AdamW(0.9, 0.99, 1e-8, 0));
    // AdamW's own default decays.
    assertThat(made("uw", Map.of("optimizer", "adamw")).learning().rule(ADAM).decoupledDecay())
        .isZero();
  }

  @Test
  void aRateThatIsNoneIsRefused() {
    assertThatThrownBy(() -> made("ial", Map.of("rate", "fast")))
        .hasMessageContaining("method 'ial': option 'rate' must be schedule, or a number");
    assertThatThrownBy(() -> made("uw", Map.of("rate", 0)))
        .hasMessageContaining("option 'rate' must be schedule, or a number above zero, not '0'");
    assertThatThrownBy(() -> made("uw", Map.of("optimizer", "adm")))
        .hasMessageContaining("did you mean 'adam'?");
  }

  @Test
  void everyMethodThatLearnsSaysSo() {
    assertThat(
            Methods.all().stream()
                .filter(entry -> !made(entry.name(), Map.of()).method().learned().isEmpty())
                .map(MethodEntry::name)
                .collect(Collectors.toSet()))
        .isEqualTo(
            Methods.all().stream()
                .filter(MethodEntry::learns)
                .map(MethodEntry::name)
                .collect(Collectors.toSet()));
  }

  /** The paper's 0.1 is the first weighting of the encoder. */
  @Test
  void ialStartsAtTheWeightingThatIsAskedFor() {
    Weigher weigher = Systems.weigher(made("ial", Map.of()).method(), 2);
    assertThat(weigher.initialState().perTask("sigma")).isEqualTo(Vector.filled(2, 0.9));
    Observation seen = Systems.observation(new double[][] {{3, 0}, {0, 4}}, Vector.of(1, 2));
    Weighing before = weigher.weigh(seen, weigher.initialState());
    assertEachClose(before.shared(), Vector.of(1, 0.1 * 3 / 4), 1e-15);
    assertThatThrownBy(() -> made("ial", Map.of("init", 1)))
        .hasMessageContaining("option 'init' must be a number from zero on and below one");
  }

  /** The heads and sigma step first, and the encoder sees the new sigma. */
  @Test
  void ialWeighsTheEncoderBySigmaAfterItsStep() {
    Observation seen = Systems.observation(new double[][] {{3, 0}, {0, 4}}, Vector.of(1, 0.25));
    Lesson lesson = new Lesson(made("ial", Map.of("rate", 0.1, "optimizer", "sgd")), ADAM, seen);
    Vector sigma = lesson.after(1, "sigma", NETWORK);
    double moved = 0.9 - 0.1 * (1 / 0.9 - 0.25 / (0.9 * 0.9 * 0.9));
    assertThat(sigma.at(1)).isCloseTo(moved, withinPercentage(1e-10));
    assertEachClose(lesson.last.shared(), Vector.of(1, (1 - moved) * 3 / 4), 1e-12);
    assertEachClose(lesson.last.heads(), Vector.filled(2, 0.5 / (0.9 * 0.9)), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"own", "ones", "shared"})
  void ialsHeadsAreWhatTheOptionSays(String heads) {
    MethodEntry.Made made = made("ial", Map.of("heads", heads));
    Weigher weigher =
        new Weigher(made.method(), Systems.names(2), org.sparkmto.random.Draws.of(1), made.heads());
    LearnedVectors learned = new LearnedVectors(made.method(), made.learning(), ADAM, 2);
    Observation seen = Systems.observation(new double[][] {{3, 0}, {0, 4}}, Vector.of(1, 0.25));
    Weighing weighing =
        learned.learn(weigher, seen, weigher.weigh(seen, weigher.initialState()), NETWORK);
    switch (heads) {
      case "own" -> assertEachClose(weighing.heads(), Vector.filled(2, 0.5 / 0.81), 1e-12);
      case "ones" -> assertThat(weighing.heads()).isEqualTo(Vector.ones(2));
      default -> assertThat(weighing.heads()).isEqualTo(weighing.shared());
    }
  }
}
