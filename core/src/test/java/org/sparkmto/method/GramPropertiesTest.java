package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.sparkmto.method.Systems.assertClose;
import static org.sparkmto.method.Systems.assertEachClose;
import static org.sparkmto.method.Systems.combined;
import static org.sparkmto.method.Systems.norm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.sparkmto.random.Draws;

/**
 * The conditions by which the solutions of the Gram methods are defined, computed on the gradients
 * themselves: up to 64 tasks, norms over up to 12 decades, often more tasks than parameters.
 */
class GramPropertiesTest {
  /**
   * Of the longest term of the update: what the squares in M, which hold 16 digits, leave of the
   * products of an update with unit gradients where its terms cancel.
   */
  private static final double ROUNDING = 1e-9;

  @Provide
  Arbitrary<SampleSystem> any() {
    return new MethodPropertiesTest().any();
  }

  @Provide
  Arbitrary<SampleSystem> independent() {
    return new MethodPropertiesTest().independent();
  }

  private static Method method(String name, Map<String, ?> options) {
    return Methods.byName(name, options).method();
  }

  private static Weighing weigh(String name, Map<String, ?> options, SampleSystem problem) {
    return Systems.weigh(method(name, options), problem.gradients(), problem.losses());
  }

  private static double longestTerm(Vector weights, double[][] gradients) {
    return weights.map(Math::abs).times(norms(gradients)).max();
  }

  private static Vector norms(double[][] gradients) {
    return Vector.of(Arrays.stream(gradients).mapToDouble(g -> norm(Vector.of(g))).toArray());
  }

  /** {@code g . g_k} for all k. */
  private static Vector products(Vector update, double[][] gradients) {
    return Vector.of(Arrays.stream(gradients).mapToDouble(g -> update.dot(Vector.of(g))).toArray());
  }

  @Provide
  Arbitrary<Double> radii() {
    return Arbitraries.of(0.0, 0.1, 0.4, 0.5, 0.95);
  }

  /**
   * The conditions of {@code max_d min_k d . g_k}, {@code |d - g_0| <= c |g_0|}: d is g_0 plus
   * gradients of the tasks that gain least, and on the sphere unless all gain nothing.
   */
  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void caGradIsOptimal(@ForAll("any") SampleSystem problem, @ForAll("radii") double c) {
    double[][] gradients = problem.gradients();
    int tasks = gradients.length;
    Weighing weighing = weigh("cagrad", Map.of("c", c), problem);
    assertThat(weighing.failure()).isEmpty();
    assertThat(weighing.residual().orElseThrow()).isLessThan(1e-9);
    Vector d = combined(weighing.shared(), gradients);
    Vector mean = combined(Vector.filled(tasks, 1.0 / tasks), gradients);
    Vector added = weighing.shared().minus(Vector.filled(tasks, 1.0 / tasks));
    double rounding = ROUNDING * longestTerm(weighing.shared(), gradients);
    double distance = norm(d.minus(mean));
    assertThat(distance).isLessThanOrEqualTo(c * norm(mean) + rounding);
    Vector gains = products(d, gradients);
    // The gain of those that gain least, best known where the gradient is shortest.
    Vector support = added.map(value -> value > 1e-12 ? 1 : 0);
    if (support.sum() == 0) {
      assertThat(distance).isLessThanOrEqualTo(rounding);
      return;
    }
    double gain = Double.NaN;
    double shortest = Double.POSITIVE_INFINITY;
    Vector norms = norms(gradients);
    for (int k = 0; k < tasks; k++) {
      if (support.at(k) > 0 && norms.at(k) < shortest) {
        shortest = norms.at(k);
        gain = gains.at(k);
      }
    }
    for (int k = 0; k < tasks; k++) {
      double excess = (gains.at(k) - gain) / norms.at(k);
      assertThat(excess).isGreaterThanOrEqualTo(-rounding);
      if (support.at(k) > 0) {
        assertThat(excess).isLessThanOrEqualTo(rounding);
      }
    }
    if (distance < c * norm(mean) - rounding) {
      assertThat(gain / shortest).isCloseTo(0, offset(rounding));
      assertThat(weigh("nash-mtl", Map.of(), problem).failure()).isPresent();
    }
  }

  /** {@code g . g_k = 1 / w_k}, so that {@code |g|^2 = K}. */
  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void nashIsABargain(@ForAll("any") SampleSystem problem) {
    Weighing weighing = weigh("nash-mtl", Map.of("max-norm", 0), problem);
    if (weighing.failure().isPresent()) {
      return; // see Pareto-stationary systems below
    }
    Vector update = combined(weighing.shared(), problem.gradients());
    assertThat(weighing.shared().min()).isPositive();
    // Products of unit gradients are known to 1e-15.
    double longest = longestTerm(weighing.shared(), problem.gradients());
    double rounding = 1e-9 + 1e-14 * problem.tasks() * longest * longest;
    assertEachClose(
        products(update, problem.gradients()).times(weighing.shared()),
        Vector.ones(problem.tasks()),
        rounding);
    assertThat(update.dot(update)).isCloseTo(problem.tasks(), offset(rounding * problem.tasks()));
    Weighing clipped = weigh("nash-mtl", Map.of(), problem);
    assertThat(norm(combined(clipped.shared(), problem.gradients())))
        .isCloseTo(1, offset(rounding));
  }

  @Provide
  Arbitrary<Double> fairness() {
    return Arbitraries.of(0.3, 0.5, 1.0, 2.0, 5.0);
  }

  /** {@code g . g_k = w_k^(-1/alpha)}. */
  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void fairGradIsFair(
      @ForAll("independent") SampleSystem problem, @ForAll("fairness") double alpha) {
    Weighing weighing = weigh("fairgrad", Map.of("alpha", alpha), problem);
    assertThat(weighing.failure()).isEmpty();
    assertThat(weighing.residual().orElseThrow()).isLessThan(1e-10);
    Vector update = combined(weighing.shared(), problem.gradients());
    Vector gains = weighing.shared().map(w -> Math.pow(w, -1 / alpha));
    Vector misses = products(update, problem.gradients()).minus(gains);
    double rounding = ROUNDING * longestTerm(weighing.shared(), problem.gradients());
    assertThat(misses.dividedBy(norms(problem.gradients())).map(Math::abs).max())
        .isLessThanOrEqualTo(rounding);
  }

  /** A bargain exists exactly where the gradients have no combination of 0. */
  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void bargainsFailWhereNotAllCanGain(@ForAll("any") SampleSystem problem) {
    double[][] gradients = problem.gradients();
    Vector shortest =
        Systems.weigh(
                method("mgda", Map.of("normaliser", "l2")), gradients, Vector.ones(problem.tasks()))
            .shared();
    // The same combination of unit gradients, whose weights sum to 1.
    double length = norm(combined(shortest.dividedBy(norms(gradients)), gradients));
    for (String name : List.of("nash-mtl", "fairgrad")) {
      boolean fails = weigh(name, Map.of(), problem).failure().isPresent();
      if (length < 1e-7) {
        assertThat(fails).isTrue();
      } else if (length > 1e-3) {
        assertThat(fails).isFalse();
      }
    }
  }

  /**
   * The projection on the cone, found among the projections on the spans of its faces: the nearest
   * of those that lie in the cone. For every set of tasks, the part of the vector orthogonal to
   * their gradients, by Gram and Schmidt's method twice.
   */
  private static Vector nearestInCone(Vector vector, double[][] gradients) {
    Vector nearest = Vector.zeros(vector.size());
    double distance = norm(vector);
    for (int face = 0; face < 1 << gradients.length; face++) {
      List<Vector> basis = new ArrayList<>();
      for (int k = 0; k < gradients.length; k++) {
        if ((face >> k & 1) == 1) {
          Vector unit = Vector.of(gradients[k]).dividedBy(norm(Vector.of(gradients[k])));
          Vector rest = orthogonal(unit, basis);
          if (norm(rest) > 1e-9) {
            basis.add(rest.dividedBy(norm(rest)));
          }
        }
      }
      Vector candidate = orthogonal(vector, basis);
      boolean inside =
          Arrays.stream(gradients)
              .map(Vector::of)
              .allMatch(g -> candidate.dot(g) >= -1e-12 * norm(g) * norm(vector));
      if (inside && norm(vector.minus(candidate)) < distance) {
        nearest = candidate;
        distance = norm(vector.minus(candidate));
      }
    }
    return nearest;
  }

  private static Vector orthogonal(Vector vector, List<Vector> basis) {
    Vector rest = vector;
    for (int pass = 0; pass < 2; pass++) {
      for (Vector direction : basis) {
        rest = rest.minus(direction.times(rest.dot(direction)));
      }
    }
    return rest;
  }

  @Provide
  Arbitrary<Integer> few() {
    return Arbitraries.integers().between(1, 6);
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void projectionsAreTheNearestWithoutConflict(
      @ForAll long seed, @ForAll("few") int tasks, @ForAll("few") int parameters) {
    double[][] gradients = Systems.random(seed, tasks, parameters, 2);
    Vector ones = Vector.ones(tasks);
    Vector mean = Vector.zeros(parameters);
    Vector expected = Vector.zeros(parameters);
    for (double[] row : gradients) {
      Vector part = Vector.of(row).dividedBy(tasks);
      mean = mean.plus(part);
      expected = expected.plus(nearestInCone(part, gradients));
    }
    double rounding = 1e-8 * norms(gradients).max();
    Weighing upGrad = Systems.weigh(Systems.method("upgrad"), gradients, ones);
    assertThat(upGrad.failure()).isEmpty();
    assertThat(norm(combined(upGrad.shared(), gradients).minus(expected))).isLessThan(rounding);
    Weighing dualProj = Systems.weigh(Systems.method("dualproj"), gradients, ones);
    assertThat(dualProj.failure()).isEmpty();
    assertThat(norm(combined(dualProj.shared(), gradients).minus(nearestInCone(mean, gradients))))
        .isLessThan(rounding);
  }

  /** No projection fails, however many tasks there are and however different their norms. */
  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void projectionsExistAlways(@ForAll("any") SampleSystem problem) {
    for (String name : List.of("upgrad", "dualproj", "mgda", "mgda-unconstrained")) {
      for (double regularisation :
          name.startsWith("mgda") ? new double[] {0} : new double[] {0, 1e-4}) {
        Map<String, ?> options =
            regularisation > 0 ? Map.of("regularisation", regularisation) : Map.of();
        Weighing weighing = weigh(name, options, problem);
        assertThat(weighing.failure()).as(name).isEmpty();
        assertThat(weighing.residual().orElse(0)).as(name).isLessThan(1e-9);
      }
    }
  }

  /** {@code g . g_k = |g|^2} for all k. */
  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void unconstrainedMgdaHasEqualProducts(@ForAll("any") SampleSystem problem) {
    Weighing weighing = weigh("mgda-unconstrained", Map.of(), problem);
    Vector update = combined(weighing.shared(), problem.gradients());
    double longest = longestTerm(weighing.shared(), problem.gradients());
    assertThat(weighing.shared().sum())
        .isCloseTo(1, offset(1e-9 * Math.max(1, weighing.shared().map(Math::abs).max())));
    Vector misses =
        products(update, problem.gradients())
            .minus(Vector.filled(problem.tasks(), update.dot(update)));
    assertThat(misses.dividedBy(norms(problem.gradients())).map(Math::abs).max())
        .isLessThanOrEqualTo(1e-8 * Math.max(longest, norms(problem.gradients()).min()));
  }

  /** The same cosine with every gradient, and the length of the sum of the projections. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void conFigHasEqualCosines(@ForAll("independent") SampleSystem problem) {
    Weighing weighing = weigh("config", Map.of(), problem);
    assertThat(weighing.failure()).isEmpty();
    Vector update = combined(weighing.shared(), problem.gradients());
    Vector cosines =
        products(update, problem.gradients())
            .dividedBy(norms(problem.gradients()))
            .dividedBy(norm(update));
    assertEachClose(cosines, Vector.filled(problem.tasks(), cosines.mean()), 1e-8);
    assertThat(norm(update))
        .isCloseTo(
            cosines.dot(norms(problem.gradients())),
            offset(1e-8 * longestTerm(weighing.shared(), problem.gradients())));
  }

  /**
   * The paper's algorithm on vectors, with the orders that the method draws, over steps whose
   * targets differ.
   */
  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void gradVacOnVectors(@ForAll("independent") SampleSystem problem) {
    double[][] gradients = problem.gradients();
    int tasks = gradients.length;
    double beta = 0.3;
    for (String update : List.of("always", "modified")) {
      Method method = method("gradvac", Map.of("beta", beta, "update", update));
      Weigher weigher = Systems.weigher(method, tasks);
      MethodState state = weigher.initialState();
      double[][] targets = new double[tasks][tasks];
      for (int step = 0; step < 3; step++) {
        Vector expected = Vector.zeros(problem.parameters());
        for (int i = 0; i < tasks; i++) {
          Vector changed = Vector.of(gradients[i]);
          for (int j : Draws.of(7).of("method").at(step).at(i).permutation(tasks)) {
            if (j == i) {
              continue;
            }
            Vector other = Vector.of(gradients[j]);
            double cosine = changed.dot(other) / norm(changed) / norm(other);
            double target = targets[i][j];
            if (cosine < target) {
              changed = changed.plus(other.times(factor(changed, other, cosine, target)));
            }
            if (cosine < target || update.equals("always")) {
              targets[i][j] = (1 - beta) * target + beta * cosine;
            }
          }
          expected = expected.plus(changed);
        }
        Observation observation =
            Observation.ofLosses(step, 0, problem.losses(), Vector.ones(tasks))
                .withGram(SymmetricMatrix.gramOf(gradients));
        Weighing weighing = weigher.weigh(observation, state);
        state = weighing.state();
        assertThat(norm(combined(weighing.shared(), gradients).minus(expected)))
            .isLessThanOrEqualTo(ROUNDING * longestTerm(weighing.shared(), gradients));
        for (int i = 0; i < tasks; i++) {
          for (int j = 0; j < tasks; j++) {
            assertThat(state.perPair("target").at(i, j)).isCloseTo(targets[i][j], offset(1e-9));
          }
        }
      }
    }
  }

  private static double factor(Vector changed, Vector other, double cosine, double target) {
    double sine = Math.sqrt(1 - target * target);
    return norm(changed)
        * (target * Math.sqrt(1 - cosine * cosine) - cosine * sine)
        / (norm(other) * sine);
  }

  /** While all targets are 0, GradVac is PCGrad. */
  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void gradVacStartsAsPcGrad(@ForAll("independent") SampleSystem problem) {
    assertClose(
        weigh("gradvac", Map.of(), problem).shared(),
        weigh("pcgrad", Map.of(), problem).shared(),
        1e-9);
  }

  /** Parallel gradients drive the target to 1, which no finite weight reaches. */
  @Test
  void gradVacOfParallelGradientsStaysFinite() {
    double[][] gradients = {{1, 2, 3}, {2, 4, 6}, {1, 2, 3 + 1e-9}, {3, 2, 1}};
    Weigher weigher = Systems.weigher(method("gradvac", Map.of("beta", 0.9)), 4);
    MethodState state = weigher.initialState();
    for (int step = 0; step < 100; step++) {
      Weighing weighing = weigher.weigh(Systems.observation(gradients, Vector.ones(4)), state);
      assertThat(weighing.failure()).isEmpty();
      assertThat(weighing.shared().max()).isLessThan(1e7);
      state = weighing.state();
    }
  }

  @Provide
  Arbitrary<Double> factors() {
    return Arbitraries.of(1e-6, 0.5, 1.0, 3.0, 1e6);
  }

  /** No direction helps both, and every method says so in its own way. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void exactlyOppositeGradients(@ForAll long seed, @ForAll("factors") double factor) {
    double[] gradient = Systems.random(seed, 1, 9, 0)[0];
    double[][] opposite = {gradient, Vector.of(gradient).times(-factor).toArray()};
    Vector losses = Vector.ones(2);
    for (String name : List.of("nash-mtl", "fairgrad", "config")) {
      assertThat(Systems.weigh(Systems.method(name), opposite, losses).failure())
          .as(name)
          .isPresent();
    }
    for (String name : List.of("upgrad", "dualproj", "mgda-unconstrained", "gradvac")) {
      Weighing weighing = Systems.weigh(Systems.method(name), opposite, losses);
      assertThat(weighing.failure()).as(name).isEmpty();
      assertThat(norm(combined(weighing.shared(), opposite)))
          .as(name)
          .isLessThanOrEqualTo(1e-12 * longestTerm(weighing.shared(), opposite));
    }
    Weighing gcs = Systems.weigh(Systems.method("gcs"), opposite, losses);
    assertThat(gcs.shared()).isEqualTo(Vector.of(1, 0));
    // The ball around the mean excludes 0, and the loser's loss is least at its nearest point.
    Weighing caGrad = Systems.weigh(Systems.method("cagrad"), opposite, losses);
    assertThat(caGrad.failure()).isEmpty();
    Vector mean = combined(Vector.of(0.5, 0.5), opposite);
    assertThat(norm(combined(caGrad.shared(), opposite).minus(mean.times(0.6))))
        .isLessThanOrEqualTo(1e-7 * norm(mean) + 1e-12 * (1 + factor));
  }

  /** Twice the same task: nothing becomes unsolvable, and no direction without conflict changes. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void duplicateTasks(@ForAll("independent") SampleSystem problem) {
    int tasks = problem.tasks();
    double[][] twice = Arrays.copyOf(problem.gradients(), tasks + 1);
    twice[tasks] = problem.gradients()[0].clone();
    Vector losses = Vector.ones(tasks + 1);
    for (String name :
        List.of("nash-mtl", "fairgrad", "upgrad", "dualproj", "cagrad", "config", "gradvac")) {
      Weighing weighing = Systems.weigh(Systems.method(name), twice, losses);
      assertThat(weighing.failure()).as(name).isEmpty();
    }
    Vector config =
        combined(Systems.weigh(Systems.method("config"), twice, losses).shared(), twice);
    Vector alone = combined(weigh("config", Map.of(), problem).shared(), problem.gradients());
    assertClose(config.dividedBy(norm(config)), alone.dividedBy(norm(alone)), 1e-7);
    // Half of a task each: the same sum, the same cone.
    double[] halves = new double[tasks + 1];
    Arrays.fill(halves, 1.0 / tasks);
    halves[0] /= 2;
    halves[tasks] = halves[0];
    List<Double> weights = Arrays.stream(halves).boxed().toList();
    for (String name : List.of("upgrad", "dualproj")) {
      Weighing split = Systems.weigh(method(name, Map.of("weights", weights)), twice, losses);
      Weighing whole = weigh(name, Map.of(), problem);
      assertClose(
          combined(split.shared(), twice), combined(whole.shared(), problem.gradients()), 1e-7);
    }
  }

  @Property(tries = 30, shrinking = ShrinkingMode.OFF)
  void oneTask(@ForAll long seed) {
    double[][] one = Systems.random(seed, 1, 5, 12);
    Vector loss = Vector.ones(1);
    double norm = norm(Vector.of(one[0]));
    assertWeight(Vector.of(1 / norm), method("nash-mtl", Map.of()), one, loss);
    assertWeight(
        Vector.of(Math.pow(norm, -4.0 / 3)), method("fairgrad", Map.of("alpha", 2)), one, loss);
    assertWeight(Vector.of(1.4), method("cagrad", Map.of()), one, loss);
    assertWeight(
        Vector.of(1.5 / 1.25), method("cagrad", Map.of("c", 0.5, "rescale", 1)), one, loss);
    assertWeight(Vector.of(1), method("cagrad", Map.of("c", 0.5, "rescale", 2)), one, loss);
    assertWeight(Vector.of(0.3), method("upgrad", Map.of("weights", List.of(0.3))), one, loss);
    assertWeight(Vector.of(1), method("dualproj", Map.of("regularisation", 1e-4)), one, loss);
  }

  private static void assertWeight(
      Vector expected, Method method, double[][] gradients, Vector losses) {
    assertEachClose(Systems.weigh(method, gradients, losses).shared(), expected, 1e-12);
  }

  /** Weights are kept over steps in which the primary task, or the auxiliary one, has no labels. */
  @Test
  void olAuxRemembersWhatItCouldNotUse() {
    Weigher weigher = Systems.weigher(method("ol-aux", Map.of("every", 2, "beta", 0.5)), 2);
    SymmetricMatrix gram = SymmetricMatrix.of(2, 4, 2, 2, 4); // cosine 1/2
    MethodState state = weigher.initialState();
    List<Vector> labels =
        List.of(
            Vector.of(1, 1), Vector.of(0, 1), Vector.of(1, 0), Vector.of(1, 1), Vector.of(1, 1));
    List<Vector> expected =
        List.of(
            Vector.of(1, 1), Vector.of(0, 1), Vector.of(1, 0), Vector.of(1, 1), Vector.of(1, 1.75));
    for (int step = 0; step < labels.size(); step++) {
      Weighing weighing =
          weigher.weigh(
              Observation.ofLosses(step, 0, Vector.ones(2), labels.get(step)).withGram(gram),
              state);
      assertEachClose(weighing.shared(), expected.get(step), 1e-15);
      state = weighing.state();
    }
  }

  /** EJML's iteration does not end for such cosines without a shift. */
  @Test
  void matricesOfLowRankHaveEigenvalues() {
    for (int parameters : new int[] {1, 2, 3}) {
      for (int tasks = 2; tasks <= 64; tasks++) {
        double[][] gradients = Systems.random(tasks, tasks, parameters, 0);
        SymmetricMatrix gram = SymmetricMatrix.gramOf(gradients);
        SymmetricMatrix.Eigen eigen = gram.eigen();
        assertThat(eigen.values().sum()).isCloseTo(tasks, offset(1e-12 * tasks * tasks));
        double[] again = eigen.map(value -> value).toArray();
        assertThat(Vector.of(again).minus(Vector.of(gram.toArray())).map(Math::abs).max())
            .isLessThan(1e-12 * tasks);
        long rank = Arrays.stream(eigen.values().toArray()).filter(value -> value > 1e-10).count();
        assertThat(rank).isEqualTo(Math.min(tasks, parameters));
      }
    }
  }

  /** Every solver says how exact it was. */
  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void residualsAreSmall(@ForAll("independent") SampleSystem problem) {
    for (String name :
        List.of(
            "imtl-g",
            "mgda",
            "mgda-unconstrained",
            "cagrad",
            "nash-mtl",
            "fairgrad",
            "upgrad",
            "dualproj",
            "config")) {
      if (problem.tasks() == 1) {
        continue;
      }
      Weighing weighing = weigh(name, Map.of(), problem);
      assertThat(weighing.residual()).as(name).isPresent();
      assertThat(weighing.residual().getAsDouble()).as(name).isLessThan(1e-9);
    }
  }
}
