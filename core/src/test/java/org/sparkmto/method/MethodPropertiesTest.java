package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.sparkmto.method.SampleSystem.largestTerm;
import static org.sparkmto.method.Systems.assertClose;
import static org.sparkmto.method.Systems.assertEachClose;
import static org.sparkmto.method.Systems.combined;
import static org.sparkmto.method.Systems.norm;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.sparkmto.random.Draws;

/**
 * What must hold for every system of gradients: for every registered method what its entry claims,
 * and for each method what its paper derives. Up to 64 tasks, norms over up to 12 decades.
 */
class MethodPropertiesTest {

  /** More parameters than tasks, far enough from singular that 1e-7 can be asked for. */
  @Provide
  Arbitrary<SampleSystem> independent() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.integers().between(1, 64),
            Arbitraries.integers().between(1, 4),
            Arbitraries.of(0.0, 3.0, 12.0))
        .as(
            (seed, tasks, factor, decades) ->
                new SampleSystem(seed, tasks, factor * tasks + 16, decades));
  }

  /** Any relation of tasks and parameters; often 0 lies in the convex hull of the gradients. */
  @Provide
  Arbitrary<SampleSystem> any() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.integers().between(1, 64),
            Arbitraries.integers().between(1, 64),
            Arbitraries.of(0.0, 3.0, 12.0))
        .as(SampleSystem::new);
  }

  private static List<Method> claiming(MethodProperty property) {
    return Methods.all().stream()
        .filter(entry -> entry.properties().contains(property))
        .map(entry -> entry.make(Map.of()).method())
        .toList();
  }

  private static List<GramMethod> gramMethods() {
    return Methods.all().stream()
        .map(entry -> entry.make(Map.of()).method())
        .filter(GramMethod.class::isInstance)
        .map(GramMethod.class::cast)
        .toList();
  }

  /** Without the methods whose definition sets a primary task apart from the others. */
  private static List<GramMethod> impartialGramMethods() {
    return Methods.all().stream()
        .filter(
            entry ->
                entry.parameters().stream()
                    .noneMatch(parameter -> parameter.name().equals(PrimaryTask.OPTION)))
        .map(entry -> entry.make(Map.of()).method())
        .filter(GramMethod.class::isInstance)
        .map(GramMethod.class::cast)
        .toList();
  }

  /**
   * Whether gradients of twice the length get the same weights: not where the weights themselves
   * fix the length of the update, as a bargain does. Such weights are never equal weights of 1.
   */
  private static boolean scalesWithGradients(GramMethod method) {
    double[][] one = {{1, 0}, {0, 1}};
    double[][] two = {{2, 0}, {0, 2}};
    Vector losses = Vector.ones(2);
    return Systems.weigh(method, one, losses)
        .shared()
        .equals(Systems.weigh(method, two, losses).shared());
  }

  private static void assertNoneBreaks(MethodProperty property, SampleSystem problem) {
    List<Method> claiming = claiming(property);
    assertThat(claiming).isNotEmpty();
    for (Method method : claiming) {
      assertThat(MethodCheck.broken(property, method, problem)).as("%s", method).isEmpty();
    }
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void permutationEquivariance(@ForAll("independent") SampleSystem problem) {
    assertNoneBreaks(MethodProperty.PERMUTATION_EQUIVARIANT, problem);
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void scaleInvariance(@ForAll("independent") SampleSystem problem) {
    assertNoneBreaks(MethodProperty.SCALE_INVARIANT, problem);
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void noConflict(@ForAll("any") SampleSystem problem) {
    assertNoneBreaks(MethodProperty.NON_CONFLICTING, problem);
  }

  /** Equal weights are the chosen ones here: no update where the gradients add up to nothing. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void chosenTradeOff(@ForAll("independent") SampleSystem problem) {
    assertNoneBreaks(MethodProperty.CHOSEN_TRADE_OFF, problem);
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void noNegativeWeight(@ForAll("any") SampleSystem problem) {
    assertNoneBreaks(MethodProperty.NON_NEGATIVE, problem);
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void everyMethodAnswersFiniteWeightsForAnySystem(@ForAll("any") SampleSystem problem) {
    for (MethodEntry entry : Methods.all()) {
      Weighing weighing =
          Systems.weigh(entry.make(Map.of()).method(), problem.gradients(), problem.losses());
      assertThat(weighing.shared().isFinite() && weighing.heads().isFinite())
          .as(entry.name())
          .isTrue();
    }
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void randomNumbersComeFromSeedAndStepAlone(@ForAll("any") SampleSystem problem) {
    for (MethodEntry entry : Methods.all()) {
      Method method = entry.make(Map.of()).method();
      Observation step =
          Systems.fitted(method, Systems.observation(problem.gradients(), problem.losses()));
      Weigher first =
          new Weigher(method, Systems.names(problem.tasks()), Draws.of(1), HeadWeights.OWN);
      Weigher again =
          new Weigher(method, Systems.names(problem.tasks()), Draws.of(1), HeadWeights.OWN);
      Weigher other =
          new Weigher(method, Systems.names(problem.tasks()), Draws.of(2), HeadWeights.OWN);
      Vector weights = first.weigh(step, first.initialState()).shared();
      assertThat(again.weigh(step, again.initialState()).shared()).isEqualTo(weights);
      if (!entry.properties().contains(MethodProperty.RANDOM)) {
        assertThat(other.weigh(step, other.initialState()).shared()).isEqualTo(weights);
      }
    }
  }

  @Property(tries = 30, shrinking = ShrinkingMode.OFF)
  void oneTaskAloneGetsTheWeightThatEqualTasksGet(@ForAll long seed) {
    double[][] one = Systems.random(seed, 1, 5, 12);
    for (GramMethod method : gramMethods()) {
      Vector weight = Systems.weigh(method, one, Systems.losses(seed, 1)).shared();
      if (scalesWithGradients(method)) {
        assertEachClose(weight, Vector.of(method.equalWeight(1)), 1e-12);
      } else {
        assertThat(weight.at(0)).as("%s", method).isPositive();
      }
    }
  }

  @Property(tries = 30, shrinking = ShrinkingMode.OFF)
  void orthogonalGradientsOfEqualLengthGetEqualWeights(@ForAll("any") SampleSystem problem) {
    int tasks = problem.tasks();
    double[][] gradients = new double[tasks][tasks];
    for (int k = 0; k < tasks; k++) {
      gradients[k][k] = 3e-4;
    }
    for (GramMethod method : impartialGramMethods()) {
      Weighing weighing = Systems.weigh(method, gradients, problem.losses());
      assertThat(weighing.failure()).as("%s", method).isEmpty();
      Vector weights = weighing.shared();
      double equal =
          scalesWithGradients(method) ? method.equalWeight(tasks) : Math.abs(weights.at(0));
      assertEachClose(weights, Vector.filled(tasks, equal), 1e-12);
    }
  }

  /** A task that is there twice changes no method's solvability, and some directions not at all. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void duplicateTasks(@ForAll("independent") SampleSystem problem) {
    int tasks = problem.tasks();
    double[][] twice = Arrays.copyOf(problem.gradients(), tasks + 1);
    twice[tasks] = Vector.of(twice[0]).times(2).toArray();
    Vector losses = Vector.ones(tasks + 1);
    for (GramMethod method : gramMethods()) {
      Weighing weighing = Systems.weigh(method, twice, losses);
      assertThat(weighing.shared().isFinite()).isTrue();
    }
    Weighing mgda = Systems.weigh(Systems.method("mgda"), twice, losses);
    Weighing alone = Systems.weigh(Systems.method("mgda"), problem.gradients(), Vector.ones(tasks));
    assertThat(mgda.failure()).isEmpty();
    assertClose(
        combined(mgda.shared(), twice), combined(alone.shared(), problem.gradients()), 1e-7);
    Weighing imtl = Systems.weigh(Systems.method("imtl-g"), twice, losses);
    Weighing imtlAlone =
        Systems.weigh(Systems.method("imtl-g"), problem.gradients(), Vector.ones(tasks));
    if (imtl.failure().isEmpty() && imtlAlone.failure().isEmpty()) {
      Vector direction = combined(imtl.shared(), twice);
      Vector expected = combined(imtlAlone.shared(), problem.gradients());
      assertClose(direction.dividedBy(norm(direction)), expected.dividedBy(norm(expected)), 1e-7);
    }
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void exactlyOppositeGradients(@ForAll long seed, @ForAll("factors") double factor) {
    double[] gradient = Systems.random(seed, 1, 9, 0)[0];
    double[][] opposite = {gradient, Vector.of(gradient).times(-factor).toArray()};
    Vector losses = Vector.ones(2);
    Weighing mgda = Systems.weigh(Systems.method("mgda"), opposite, losses);
    assertThat(mgda.failure()).isEmpty();
    assertThat(norm(combined(mgda.shared(), opposite)))
        .isLessThanOrEqualTo(1e-12 * largestTerm(mgda.shared(), opposite));
    assertThat(Systems.weigh(Systems.method("imtl-g"), opposite, losses).failure()).isPresent();
    Weighing pcGrad = Systems.weigh(Systems.method("pcgrad"), opposite, losses);
    assertThat(norm(combined(pcGrad.shared(), opposite)))
        .isLessThanOrEqualTo(1e-12 * largestTerm(pcGrad.shared(), opposite));
    assertThat(Systems.weigh(Systems.method("aligned-mtl"), opposite, losses).failure()).isEmpty();
  }

  @Provide
  Arbitrary<Double> factors() {
    return Arbitraries.of(1e-6, 0.5, 1.0, 3.0, 1e6);
  }

  /** What is left when a task has no gradient is the system without it. */
  @Property(tries = 30, shrinking = ShrinkingMode.OFF)
  void zeroGradients(@ForAll("independent") SampleSystem problem) {
    int tasks = problem.tasks();
    double[][] extended = new double[tasks + 1][];
    extended[0] = new double[problem.parameters()];
    System.arraycopy(problem.gradients(), 0, extended, 1, tasks);
    int[] others = IntStream.rangeClosed(1, tasks).toArray();
    Vector losses = Systems.losses(problem.seed(), tasks + 1);
    List<Method> random = claiming(MethodProperty.RANDOM); // their draws belong to task numbers
    for (GramMethod method : impartialGramMethods()) {
      Weighing weighing = Systems.weigh(method, extended, losses);
      assertThat(weighing.status().get(0)).isEqualTo(TaskStatus.ZERO_GRADIENT);
      if (!random.contains(method) && weighing.failure().isEmpty()) {
        assertThat(weighing.shared().select(others))
            .isEqualTo(Systems.weigh(method, problem.gradients(), losses.select(others)).shared());
      }
    }
  }

  /** {@code g . g_k >= |g|^2} for all k, with equality where the weight is positive. */
  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void mgdaMeetsItsOptimalityConditions(@ForAll("any") SampleSystem problem) {
    double[][] gradients = problem.gradients();
    Weighing weighing = Systems.weigh(Systems.method("mgda"), gradients, problem.losses());
    assertThat(weighing.failure()).isEmpty();
    assertThat(weighing.shared().sum()).isCloseTo(1, offset(1e-12));
    Vector update = combined(weighing.shared(), gradients);
    double rounding = 1e-10 * largestTerm(weighing.shared(), gradients);
    for (int k = 0; k < gradients.length; k++) {
      Vector task = Vector.of(gradients[k]);
      double excess = (update.dot(task) - update.dot(update)) / norm(task);
      assertThat(excess).isGreaterThanOrEqualTo(-rounding);
      if (weighing.shared().at(k) > 0) {
        assertThat(excess).isLessThanOrEqualTo(rounding);
      }
    }
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void mgdaOfTwoTasksIsTheClosedForm(@ForAll long seed) {
    double[][] g = Systems.random(seed, 2, 3, 2);
    SymmetricMatrix m = SymmetricMatrix.gramOf(g);
    double first = (m.at(1, 1) - m.at(0, 1)) / (m.at(0, 0) + m.at(1, 1) - 2 * m.at(0, 1));
    first = Math.max(0, Math.min(1, first));
    assertClose(
        Systems.weigh(Systems.method("mgda"), g, Vector.ones(2)).shared(),
        Vector.of(first, 1 - first),
        1e-9);
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void imtlGProjectsEqually(@ForAll("independent") SampleSystem problem) {
    double[][] gradients = problem.gradients();
    Weighing weighing = Systems.weigh(Systems.method("imtl-g"), gradients, problem.losses());
    if (weighing.failure().isPresent()) {
      assertThat(weighing.failure().get()).contains("positive sum");
      return;
    }
    assertThat(weighing.shared().sum()).isCloseTo(1, offset(1e-12 * largestWeight(weighing)));
    Vector update = combined(weighing.shared(), gradients);
    Vector projections =
        Vector.of(
            Arrays.stream(gradients)
                .mapToDouble(g -> update.dot(Vector.of(g)) / norm(Vector.of(g)))
                .toArray());
    assertThat(projections.min()).isPositive();
    assertEachClose(projections, Vector.filled(problem.tasks(), projections.mean()), 1e-9);
  }

  private static double largestWeight(Weighing weighing) {
    return Math.max(1, weighing.shared().map(Math::abs).max());
  }

  /** All angles equal: IMTL-G gives weights {@code ~ 1 / |g_k|} (the paper's theorem 1). */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void imtlGOfEqualAngles(@ForAll("independent") SampleSystem problem) {
    int tasks = problem.tasks();
    double[][] gradients = new double[tasks][tasks + 1];
    double[] inverse = new double[tasks];
    for (int k = 0; k < tasks; k++) {
      double length = Math.pow(10, 6 * problem.draws().uniform(k) - 3);
      gradients[k][k] = length;
      gradients[k][tasks] = 0.7 * length;
      inverse[k] = 1 / length;
    }
    assertEachClose(
        Systems.weigh(Systems.method("imtl-g"), gradients, problem.losses()).shared(),
        Vector.of(inverse).scaledToSum(1),
        1e-9);
  }

  /** The paper's algorithm 1 on vectors, with the orders that the method draws. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void pcGradOnVectors(@ForAll("any") SampleSystem problem) {
    double[][] gradients = problem.gradients();
    int tasks = gradients.length;
    int[][] orders = new int[tasks][];
    Vector expected = Vector.zeros(problem.parameters());
    for (int i = 0; i < tasks; i++) {
      orders[i] = problem.draws().at(i).permutation(tasks);
      Vector changed = Vector.of(gradients[i]);
      for (int j : orders[i]) {
        Vector other = Vector.of(gradients[j]);
        double product = changed.dot(other);
        if (j != i && product < 0) {
          changed = changed.minus(other.times(product / other.dot(other)));
        }
      }
      expected = expected.plus(changed);
    }
    SymmetricMatrix gram = SymmetricMatrix.gramOf(gradients);
    GradientSystem system =
        new GradientSystem(
            new StepView(
                0,
                0,
                IntStream.range(0, tasks).toArray(),
                Systems.names(tasks),
                problem.losses(),
                null,
                MethodState.empty()),
            gram);
    Vector weights =
        ((PcGrad) Systems.method("pcgrad"))
            .project(system.cosines(), system.norms(), i -> orders[i]);
    assertThat(norm(combined(weights, gradients).minus(expected)))
        .isLessThanOrEqualTo(1e-9 * largestTerm(weights, gradients));
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void alignedComponentsHaveOneLength(@ForAll("any") SampleSystem problem) {
    SymmetricMatrix gram = SymmetricMatrix.gramOf(problem.gradients());
    for (AlignedMtl.Scale scale : AlignedMtl.Scale.values()) {
      AlignedMtl method =
          new AlignedMtl(scale, Optional.empty(), PcGrad.Reduction.SUM, Math.ulp(1f));
      Vector values = alignedGram(method.alignment(gram), gram).eigen().values();
      double largest = values.at(0);
      for (double value : values.toArray()) {
        double nearest = value > largest / 2 ? largest : 0;
        assertThat(value).isCloseTo(nearest, offset(1e-6 * largest));
      }
    }
  }

  /** {@code B M B}. */
  private static SymmetricMatrix alignedGram(SymmetricMatrix b, SymmetricMatrix gram) {
    int size = gram.size();
    double[] values = new double[size * size];
    for (int j = 0; j < size; j++) {
      double[] unit = new double[size];
      unit[j] = 1;
      Vector column = b.times(gram.times(b.times(Vector.of(unit))));
      for (int i = 0; i < size; i++) {
        values[i * size + j] = column.at(i);
      }
    }
    return SymmetricMatrix.of(size, values);
  }
}
