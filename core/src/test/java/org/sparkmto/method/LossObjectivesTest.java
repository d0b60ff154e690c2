package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * Weights are the derivatives by the losses of the objective that a method's comment writes, and
 * the gradients of what it learns are its derivatives by that: all by finite differences.
 */
class LossObjectivesTest {
  private static final Vector LOSSES = Vector.of(0.3, 1, 7);
  private static final Vector S = Vector.of(-0.4, 0, 1.3);
  private static final double H = 1e-6;

  /** Central differences in double: rounding 1e-16 / 1e-6 times values up to 100. */
  private static final double TOLERANCE = 1e-7;

  private static Method method(String name, Map<String, ?> options) {
    return Methods.byName(name, options).method();
  }

  private static Weighing weigh(Method method, int epoch, Vector losses, MethodState state) {
    return Systems.weigher(method, losses.size())
        .weigh(Observation.ofLosses(epoch, epoch, losses, Vector.ones(losses.size())), state);
  }

  private static Vector derivative(ToDoubleFunction<Vector> function, Vector at) {
    double[] derivative = new double[at.size()];
    for (int k = 0; k < derivative.length; k++) {
      double[] up = at.toArray();
      double[] down = at.toArray();
      up[k] += H;
      down[k] -= H;
      derivative[k] =
          (function.applyAsDouble(Vector.of(up)) - function.applyAsDouble(Vector.of(down)))
              / (2 * H);
    }
    return Vector.of(derivative);
  }

  private static void assertNear(Vector actual, Vector expected) {
    for (int k = 0; k < expected.size(); k++) {
      assertThat(actual.at(k)).as("task %d", k).isCloseTo(expected.at(k), offset(TOLERANCE));
    }
  }

  private static void assertDescends(Weighing weighing, ToDoubleFunction<Vector> ofLosses) {
    assertThat(weighing.failure()).isEmpty();
    assertNear(weighing.shared(), derivative(ofLosses, LOSSES));
    assertThat(weighing.heads()).isEqualTo(weighing.shared());
  }

  @Test
  void boundaryIntersection() {
    Vector ideal = Vector.of(0.1, 0, 0.5);
    Vector wish = Vector.of(1, 2, 4);
    Map<String, Object> options =
        Map.of("theta", 3, "preferences", List.of(1.0, 2.0, 4.0), "ideal", List.of(0.1, 0.0, 0.5));
    assertDescends(
        weigh(method("pbi", options), 0, LOSSES, MethodState.empty()),
        losses -> {
          Vector f = losses.minus(ideal);
          double along = f.dot(wish) / Math.sqrt(21);
          return along + 3 * Math.sqrt(f.dot(f) - along * along + 1e-12);
        });
    // On the direction itself nothing is penalised.
    assertEachClose(
        weigh(method("pbi", Map.of()), 0, Vector.of(2, 2, 2, 2), MethodState.empty()).shared(),
        Vector.filled(4, 0.5),
        1e-15);
    assertThatThrownBy(() -> method("pbi", Map.of("preferences", List.of(1, -1))))
        .hasMessageContaining("option 'preferences' holds a negative number");
  }

  /** With the preference that the step has drawn, towards it and towards its inverse. */
  @Test
  void cosmos() {
    for (String along : List.of("preference", "inverse")) {
      Method method = method("cosmos", Map.of("penalty", 3, "alpha", 0.7, "along", along));
      Vector wish = Systems.weigher(method, 3).preference(4).orElseThrow();
      Vector line = along.equals("inverse") ? Vector.ones(3).dividedBy(wish) : wish;
      assertDescends(
          weigh(method, 4, LOSSES, MethodState.empty()),
          losses ->
              losses.dot(wish)
                  - 3
                      * losses.dot(line)
                      / Math.sqrt(losses.dot(losses))
                      / Math.sqrt(line.dot(line)));
    }
    // Derivatives of libmoon 0.2.1's own function, whose preference has length 1, by differences.
    Cosmos libmoon =
        new Cosmos(8, new DrawnPreference(Vector.of(1), Optional.empty()), Cosmos.Along.PREFERENCE);
    assertEachClose(
        libmoon.weights(Vector.of(0.6, 0.3, 0.1), LOSSES),
        Vector.of(-0.388191179, -0.160723342, 0.208168671),
        1e-9);
    // Without a penalty it is a sum with these weights, which move nothing where all losses are 0.
    Method sum = method("cosmos", Map.of("penalty", 0));
    Vector wish = Systems.weigher(sum, 3).preference(0).orElseThrow();
    assertThat(weigh(sum, 0, LOSSES, MethodState.empty()).shared()).isEqualTo(wish);
    assertThat(weigh(method("cosmos", Map.of()), 0, Vector.zeros(3), MethodState.empty()).shared())
        .isEqualTo(wish);
  }

  @Test
  void logSum() {
    Weighing plain = weigh(method("log-sum", Map.of()), 0, LOSSES, MethodState.empty());
    assertDescends(plain, losses -> losses.map(Math::log).sum());
    Vector preset = Vector.of(2, 0.5, 1);
    List<Double> weights = List.of(2.0, 0.5, 1.0);
    assertDescends(
        weigh(method("log-sum", Map.of("weights", weights)), 0, LOSSES, MethodState.empty()),
        losses -> losses.map(Math::log).dot(preset));
    assertDescends(
        weigh(
            method("log-sum", Map.of("weights", weights, "form", "log1p")),
            0,
            LOSSES,
            MethodState.empty()),
        losses -> losses.map(Math::log1p).dot(preset));
  }

  @Test
  void logSumOfAVanishingLossIsBounded() {
    Vector losses = Vector.of(0, -1, 2);
    assertEachClose(
        weigh(method("log-sum", Map.of()), 0, losses, MethodState.empty()).shared(),
        Vector.of(1e8, 1e8, 0.5),
        1e-15);
    assertEachClose(
        weigh(method("log-sum", Map.of("form", "log1p")), 0, losses, MethodState.empty()).shared(),
        Vector.of(1, 1e8, 1 / 3.0),
        1e-15);
  }

  /** Every task has its own noise model, also when the others are not there. */
  @Test
  void uncertaintyWeightingWithAFormPerTask() {
    Method mixed =
        method("uw", Map.of("form", List.of("classification", "gaussian", "laplace"), "init", 0.3));
    assertThat(mixed.initialState(3).perTask("s")).isEqualTo(Vector.filled(3, 0.3));
    Vector factors = Vector.of(1, 0.5, 1);
    Vector slopes = Vector.of(0.5, 0.5, 1);
    MethodState state = MethodState.empty().withPerTask("s", S);
    Weighing weighing = weigh(mixed, 0, LOSSES, state);
    assertDescends(weighing, losses -> uncertainty(losses, S, factors, slopes));
    assertNear(
        weighing.gradients().get("s"), derivative(s -> uncertainty(LOSSES, s, factors, slopes), S));
    Weighing last =
        Systems.weigher(mixed, 3)
            .weigh(Observation.ofLosses(0, 0, LOSSES, Vector.of(0, 0, 1)), state);
    assertThat(last.shared()).isEqualTo(Vector.of(0, 0, weighing.shared().at(2)));
    assertThatThrownBy(() -> Systems.weigher(mixed, 2))
        .hasMessage("option 'form' holds 3 noise models, the run has 2 tasks");
  }

  private static double uncertainty(Vector losses, Vector s, Vector factors, Vector slopes) {
    return s.map(v -> Math.exp(-v)).times(losses).dot(factors) + s.dot(slopes);
  }

  @Test
  void imtlLInItsGeneralForm() {
    Method method = method("imtl-l", Map.of("base", 3, "factor", 0.25));
    Weighing weighing = weigh(method, 0, LOSSES, MethodState.empty().withPerTask("s", S));
    assertDescends(weighing, losses -> general(losses, S));
    assertNear(weighing.gradients().get("s"), derivative(s -> general(LOSSES, s), S));
    assertThat(method("imtl-l", Map.of("base", "e")))
        .isEqualTo(new ImtlL(new LossScale(Math.E, 1)));
    assertThatThrownBy(() -> method("imtl-l", Map.of("base", 1)))
        .hasMessageContaining("option 'base' must be e, or a number above 1, not '1'");
  }

  private static double general(Vector losses, Vector s) {
    return s.map(v -> 0.25 * Math.pow(3, v)).dot(losses) - s.sum();
  }

  /** Two objectives in one group, one alone: by its two logarithms, and by the group's one. */
  @Test
  void twoLevelUncertainty() {
    Method method = method("miraliev", Map.of("groups", List.of(5, 2, 5)));
    Vector t = Vector.of(0.7, -0.2);
    MethodState state =
        MethodState.empty()
            .withPerTask("s", S)
            .withPerTask("t", Vector.of(t.at(0), t.at(1), t.at(0)));
    Weighing weighing = weigh(method, 0, LOSSES, state);
    assertDescends(weighing, losses -> twoLevels(losses, S, t));
    assertNear(weighing.gradients().get("s"), derivative(s -> twoLevels(LOSSES, s, t), S));
    Vector byGroup = derivative(group -> twoLevels(LOSSES, S, group), t);
    assertNear(
        weighing.gradients().get("t"), Vector.of(byGroup.at(0), byGroup.at(1), byGroup.at(0)));
    assertThatThrownBy(() -> Systems.weigher(method, 2)).hasMessageContaining("option 'groups'");
  }

  private static double twoLevels(Vector losses, Vector s, Vector t) {
    Vector noise = s.plus(Vector.of(t.at(0), t.at(1), t.at(0)));
    return noise.map(v -> 0.5 * Math.exp(-v)).dot(losses) + 0.5 * noise.sum();
  }

  /** A member that missed a step brings an older copy; the group speaks with one voice. */
  @Test
  void copiesOfAGroupAreAveragedOverTheActive() {
    Method method = method("miraliev", Map.of("groups", List.of(1, 1, 1)));
    MethodState state =
        MethodState.empty()
            .withPerTask("s", Vector.zeros(3))
            .withPerTask("t", Vector.of(0.2, 9, 0.6));
    Weighing weighing =
        Systems.weigher(method, 3)
            .weigh(Observation.ofLosses(0, 0, LOSSES, Vector.of(1, 0, 1)), state);
    double weight = 0.5 * Math.exp(-0.4);
    assertEachClose(weighing.shared(), Vector.of(weight, 0, weight), 1e-15);
    double both = 1 - weight * (0.3 + 7);
    assertEachClose(weighing.gradients().get("t"), Vector.of(both, 0, both), 1e-14);
  }

  /** Without groups it is uncertainty weighting whose noise has two factors. */
  @Test
  void twoLevelUncertaintyOfSingleTasks() {
    MethodState both = MethodState.empty().withPerTask("s", S).withPerTask("t", S);
    Weighing two = weigh(method("miraliev", Map.of()), 0, LOSSES, both);
    Weighing one =
        weigh(method("uw", Map.of()), 0, LOSSES, MethodState.empty().withPerTask("s", S.times(2)));
    assertEachClose(two.shared(), one.shared(), 1e-15);
    assertThat(two.gradients().get("t")).isEqualTo(two.gradients().get("s"));
  }

  @Test
  void smoothTchebycheffOfLogs() {
    Method method = method("stch", Map.of("mu", 0.7, "warm-up-epochs", 0));
    Vector nadir = Vector.of(0.5, 0.2, 10);
    MethodState measured = weigh(method, 0, nadir, method.initialState(3)).state();
    Weighing weighing = weigh(method, 1, LOSSES, measured);
    assertDescends(
        weighing,
        losses -> 3 * 0.7 * Math.log(losses.dividedBy(nadir).map(r -> Math.pow(r, 1 / 0.7)).sum()));
  }

  @Test
  void smoothTchebycheffOfLosses() {
    Method method =
        method("stch", Map.of("form", "linear", "mu", 0.7, "ideal", List.of(0.1, 0, 5)));
    Vector ideal = Vector.of(0.1, 0, 5);
    Weighing weighing = weigh(method, 0, LOSSES, method.initialState(3));
    assertDescends(
        weighing,
        losses ->
            0.7 * Math.log(losses.minus(ideal).map(above -> Math.exp(above / 3 / 0.7)).sum()));
    assertThat(weighing.shared().sum()).isCloseTo(1 / 3.0, offset(1e-15));
    assertThatThrownBy(() -> Systems.weigher(method, 2)).hasMessageContaining("option 'ideal'");
    Weighing same =
        weigh(
            method("stch", Map.of("form", "linear")), 0, Vector.filled(3, 4), MethodState.empty());
    assertEachClose(same.shared(), Vector.filled(3, method.equalWeight(3)), 1e-15);
  }

  /** Losses of zero in the warm-up, in the nadir and after it stay numbers. */
  @Test
  void smoothTchebycheffOfAVanishingLoss() {
    Method method = method("stch", Map.of("warm-up-epochs", 1));
    Vector losses = Vector.of(0, 2);
    MethodState state = method.initialState(2);
    for (int epoch = 0; epoch < 4; epoch++) {
      Weighing weighing = weigh(method, epoch, losses, state);
      assertThat(weighing.failure()).isEmpty();
      assertEachClose(weighing.shared(), Vector.of(1e8, 0.5), 1e-14);
      state = weighing.state();
    }
  }

  /** A task without labels in the epoch that measures takes its first loss thereafter. */
  @Test
  void smoothTchebycheffOfALateTask() {
    Method method = method("stch", Map.of("warm-up-epochs", 0));
    Weigher weigher = Systems.weigher(method, 2);
    MethodState state =
        weigher
            .weigh(
                Observation.ofLosses(0, 0, Vector.of(4, 0), Vector.of(1, 0)),
                weigher.initialState())
            .state();
    Weighing late =
        weigher.weigh(Observation.ofLosses(1, 1, Vector.of(2, 8), Vector.ones(2)), state);
    // With mu = 1: 2 (L_k / nadir_k) / sum / L_k, of ratios 1/2 and 1.
    assertEachClose(late.shared(), Vector.of(1 / 3.0, 1 / 6.0), 1e-14);
    Weighing later =
        weigher.weigh(Observation.ofLosses(2, 2, Vector.of(2, 4), Vector.ones(2)), late.state());
    assertEachClose(later.shared(), Vector.of(0.5, 0.25), 1e-14);
  }
}
