package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkmto.method.TaskStatus.ACTIVE;
import static org.sparkmto.method.TaskStatus.NOT_FINITE;
import static org.sparkmto.method.TaskStatus.UNLABELLED;
import static org.sparkmto.method.TaskStatus.ZERO_GRADIENT;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.random.Draws;

class WeigherTest {
  private static final double NAN = Double.NaN;

  static Stream<String> names() {
    return Methods.all().stream().map(MethodEntry::name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void tasksWithoutLabelsOrWithNumbersThatAreNotFiniteGetNoWeight(String name) {
    boolean serves =
        Methods.entry(name).parameters().stream().anyMatch(p -> p.name().equals("primary"));
    Map<String, ?> options = serves ? Map.of("primary", 1) : Map.of();
    Method method = Methods.byName(name, options).method();
    double[][] gradients = Systems.random(3, 5, 9, 1);
    double[] gram = SymmetricMatrix.gramOf(gradients).toArray();
    Arrays.fill(gram, 0, 5, NAN); // task 0, whose row and column are NaN
    for (int i = 0; i < 5; i++) {
      gram[i * 5] = NAN;
    }
    Observation step =
        Observation.ofLosses(0, 0, Vector.of(NAN, 2, 3, NAN, 5), Vector.of(0, 1, 8, 3, 2))
            .withGram(SymmetricMatrix.of(5, gram));
    Weigher weigher = Systems.weigher(method, 5);
    Weighing weighing = weigher.weigh(Systems.fitted(method, step), weigher.initialState());
    assertThat(weighing.status()).containsExactly(UNLABELLED, ACTIVE, ACTIVE, NOT_FINITE, ACTIVE);
    assertThat(Systems.effective(weighing).select(0, 3)).isEqualTo(Vector.zeros(2));
    assertThat(weighing.heads().select(0, 3)).isEqualTo(Vector.zeros(2));
    assertThat(weighing.failure()).isEmpty();
    assertThat(weighing.count(NOT_FINITE)).isEqualTo(1);
    weighing
        .gradients()
        .values()
        .forEach(g -> assertThat(g.select(0, 3)).isEqualTo(Vector.zeros(2)));
    // The state of the tasks that took no part is what it was.
    assertThat(ofTasks(weighing.state().restrictedTo(0, 3)))
        .usingRecursiveComparison()
        .isEqualTo(ofTasks(weigher.initialState().restrictedTo(0, 3)));
  }

  /** Numbers that belong to no task may move with the others. */
  private static Map<String, double[]> ofTasks(MethodState state) {
    Map<String, double[]> arrays = new TreeMap<>(state.toArrays());
    arrays.keySet().removeIf(name -> name.startsWith("number/"));
    return arrays;
  }

  @Test
  void gradientsThatAreNotFiniteOrHaveNegativeSquaresLeaveTheStep() {
    Weigher weigher = Systems.weigher(Systems.method("mgda"), 5);
    double inf = Double.POSITIVE_INFINITY;
    SymmetricMatrix gram =
        SymmetricMatrix.of(
            5, //
            4, 0, 0, 0, 0, //
            0, inf, 0, 0, 0, //
            0, 0, -1, 0, 0, //
            0, 0, 0, 1e-320, 0, //
            0, 0, 0, 0, 4);
    Vector ones = Vector.ones(5);
    Weighing weighing =
        weigher.weigh(Observation.ofLosses(0, 0, ones, ones).withGram(gram), MethodState.empty());
    assertThat(weighing.status())
        .containsExactly(ACTIVE, NOT_FINITE, NOT_FINITE, ZERO_GRADIENT, ACTIVE);
    // A zero gradient has nothing to weigh; its weight is the equal one, its head learns.
    Systems.assertClose(weighing.shared(), Vector.of(0.5, 0, 0, 1.0 / 3, 0.5), 1e-14);
    assertThat(weighing.heads()).isEqualTo(Vector.of(1, 0, 0, 1, 1));
  }

  /** A saturated task: what is left of its gradient must not be lifted to the length of others. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "nash-mtl",
        "fairgrad",
        "imtl-g",
        "imtl",
        "aligned-mtl",
        "cagrad",
        "gradnorm",
        "mgda",
        "config",
        "gradvac",
        "upgrad"
      })
  void aGradientThatIsNegligibleBesideTheOthersCountsAsZero(String name) {
    double[][] gradients = {{3, 0, 1}, {0, 1e-34, 0}, {1, 2, 0}};
    Weighing weighing = Systems.weigh(Systems.method(name), gradients, Vector.ones(3));
    assertThat(weighing.status()).containsExactly(ACTIVE, ZERO_GRADIENT, ACTIVE);
    double[][] others = {gradients[0], gradients[2]};
    Weighing without = Systems.weigh(Systems.method(name), others, Vector.ones(2));
    assertThat(weighing.shared().select(0, 2)).isEqualTo(without.shared());
    assertThat(weighing.shared().at(1)).isBetween(0.0, 1.0);
    assertThat(weighing.heads().at(1)).isEqualTo(1);
    // Losses of other units stay in.
    double[][] small = {{3, 0, 1}, {0, 1e-24, 0}, {1, 2, 0}};
    assertThat(Systems.weigh(Systems.method(name), small, Vector.ones(3)).status())
        .containsExactly(ACTIVE, ACTIVE, ACTIVE);
  }

  @Test
  void aPairWhoseProductIsNotFiniteLeavesTheStep() {
    Weigher weigher = Systems.weigher(Systems.method("pcgrad"), 3);
    Vector ones = Vector.ones(3);
    SymmetricMatrix gram = SymmetricMatrix.of(3, 1, NAN, 0, NAN, 1, 0, 0, 0, 1);
    Weighing weighing =
        weigher.weigh(Observation.ofLosses(0, 0, ones, ones).withGram(gram), MethodState.empty());
    assertThat(weighing.status()).containsExactly(NOT_FINITE, NOT_FINITE, ACTIVE);
    assertThat(weighing.shared()).isEqualTo(Vector.of(0, 0, 1));
  }

  @ParameterizedTest
  @MethodSource("names")
  void noActiveTaskMeansNoWeights(String name) {
    Method method = Systems.method(name);
    Weigher weigher = Systems.weigher(method, 3);
    Observation step =
        Observation.ofLosses(0, 0, Vector.ones(3), Vector.zeros(3))
            .withGram(SymmetricMatrix.of(3, new double[9]));
    Weighing weighing = weigher.weigh(Systems.fitted(method, step), weigher.initialState());
    assertThat(weighing.blend().isPresent()).isEqualTo(Kind.of(method, 1).unchanged(3).isPresent());
    assertThat(Systems.effective(weighing)).isEqualTo(Vector.zeros(3));
    assertThat(weighing.heads()).isEqualTo(Vector.zeros(3));
    assertThat(weighing.state()).isEqualTo(weigher.initialState());
  }

  @Test
  void asymmetryFromSummingIsAveraged() {
    assertThat(SymmetricMatrix.of(2, 1, 0.25, 0.75, 2))
        .isEqualTo(SymmetricMatrix.of(2, 1, 0.5, 0.5, 2));
  }

  @Test
  void aFailedMethodGetsEqualWeightsOfItsOwnScaleAndSaysWhy() {
    double[][] opposite = {{1, 0}, {-1, 0}};
    Weighing weighing = Systems.weigh(Systems.method("imtl"), opposite, Vector.of(2, 3));
    assertThat(weighing.failure()).hasValueSatisfying(why -> assertThat(why).contains("equal"));
    assertThat(weighing.shared()).isEqualTo(Vector.of(0.5, 0.5));
    assertThat(weighing.residual().orElseThrow()).isGreaterThan(0.5);
    // The loss balance of the hybrid goes on.
    assertThat(weighing.gradients().get("s")).isEqualTo(Vector.of(1, 2));
  }

  @Test
  void weightsThatAreNotFiniteAreAFailure() {
    Weigher weigher = Systems.weigher(Systems.method("imtl-l"), 2);
    MethodState blownUp = MethodState.empty().withPerTask("s", Vector.of(0, 1e6));
    Weighing weighing =
        weigher.weigh(Observation.ofLosses(0, 0, Vector.ones(2), Vector.ones(2)), blownUp);
    assertThat(weighing.failure()).isPresent();
    assertThat(weighing.shared()).isEqualTo(Vector.ones(2));
    assertThat(weighing.heads()).isEqualTo(Vector.ones(2));
    assertThat(weighing.gradients()).isEmpty();
    assertThat(weighing.state()).isEqualTo(blownUp);
  }

  @Test
  void headsFollowTheOption() {
    Observation step = Observation.ofLosses(0, 0, Vector.of(2, 4, 1), Vector.of(1, 1, 0));
    Method method = Systems.method("uw-o");
    assertThat(heads(method, HeadWeights.OWN, step)).isEqualTo(Vector.of(0.5, 0.25, 0));
    assertThat(heads(method, HeadWeights.SHARED, step)).isEqualTo(Vector.of(0.5, 0.25, 0));
    assertThat(heads(method, HeadWeights.ONES, step)).isEqualTo(Vector.of(1, 1, 0));
    Observation opposed =
        Observation.ofLosses(0, 0, Vector.ones(2), Vector.ones(2))
            .withGram(SymmetricMatrix.of(2, 1, 0, 0, 4));
    Method mgda = Systems.method("mgda");
    assertThat(heads(mgda, HeadWeights.OWN, opposed)).isEqualTo(Vector.ones(2));
    Systems.assertEachClose(heads(mgda, HeadWeights.SHARED, opposed), Vector.of(0.8, 0.2), 1e-14);
  }

  private static Vector heads(Method method, HeadWeights option, Observation step) {
    Weigher weigher = new Weigher(method, Systems.names(step.losses().size()), Draws.of(1), option);
    return weigher.weigh(step, weigher.initialState()).heads();
  }

  @Test
  void randomMethodsChangeFromStepToStep() {
    Weigher weigher = Systems.weigher(Systems.method("rlw"), 4);
    Vector ones = Vector.ones(4);
    Vector first =
        weigher.weigh(Observation.ofLosses(0, 0, ones, ones), MethodState.empty()).shared();
    Vector second =
        weigher.weigh(Observation.ofLosses(1, 0, ones, ones), MethodState.empty()).shared();
    assertThat(first).isNotEqualTo(second);
    // A task's draw does not depend on which others are active.
    Vector some =
        weigher
            .weigh(Observation.ofLosses(0, 0, ones, Vector.of(0, 1, 0, 1)), MethodState.empty())
            .shared();
    Systems.assertEachClose(
        Vector.of(some.at(1) / some.at(3)), Vector.of(first.at(1) / first.at(3)), 1e-14);
  }

  @Test
  void presetWeightsAreThoseOfTheActiveTasks() {
    Method method = Methods.byName("ew", Map.of("weights", List.of(1, 2.5, "3"))).method();
    Weigher weigher = Systems.weigher(method, 3);
    Weighing weighing =
        weigher.weigh(
            Observation.ofLosses(0, 0, Vector.ones(3), Vector.of(1, 0, 1)), MethodState.empty());
    assertThat(weighing.shared()).isEqualTo(Vector.of(1, 0, 3));
    assertThat(weighing.heads()).isEqualTo(Vector.of(1, 0, 3));
    assertThatThrownBy(() -> Systems.weigher(method, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'weights' holds 3 values, the run has 4 tasks");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void anObservationOfAnotherNumberOfTasksIsRefused(int tasks) {
    Weigher weigher = Systems.weigher(Systems.method("ew"), 3);
    Vector ones = Vector.ones(tasks);
    assertThatThrownBy(
            () -> weigher.weigh(Observation.ofLosses(5, 0, ones, ones), MethodState.empty()))
        .hasMessageContaining("step 5 has " + tasks + " losses, the run has 3 tasks");
  }

  @Test
  void aGramMethodWithoutInnerProductsIsRefused() {
    Weigher weigher = Systems.weigher(Systems.method("mgda"), 2);
    Vector ones = Vector.ones(2);
    assertThatThrownBy(
            () -> weigher.weigh(Observation.ofLosses(5, 0, ones, ones), MethodState.empty()))
        .hasMessageContaining("inner products");
  }

  @Test
  void aStateOfAnotherMethodOrNumberOfTasksIsRefused() {
    Weigher weigher = Systems.weigher(Systems.method("uw"), 3);
    Vector ones = Vector.ones(3);
    Observation step = Observation.ofLosses(0, 0, ones, ones);
    assertThatThrownBy(() -> weigher.weigh(step, MethodState.empty()))
        .hasMessageContaining("{task/s=3}");
    assertThatThrownBy(
            () -> weigher.weigh(step, MethodState.empty().withPerTask("s", Vector.zeros(2))))
        .hasMessageContaining("{task/s=2}");
  }

  /** The answers below are wrong on purpose: the weigher must not spread them. */
  @Test
  void anAnswerThatDoesNotFitIsAnError() {
    Observation step = Observation.ofLosses(0, 0, Vector.ones(3), Vector.of(1, 1, 0));
    LossMethod tooMany = tasks -> TaskWeights.everywhere(Vector.ones(3));
    LossMethod undeclared =
        tasks -> TaskWeights.everywhere(Vector.ones(2)).learning("x", Vector.ones(2));
    LossMethod unknownState =
        tasks ->
            TaskWeights.everywhere(Vector.ones(2))
                .withState(MethodState.empty().withNumber("x", 1));
    for (LossMethod wrong : Set.of(tooMany, undeclared, unknownState)) {
      assertThatThrownBy(() -> Systems.weigher(wrong, 3).weigh(step, MethodState.empty()))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
