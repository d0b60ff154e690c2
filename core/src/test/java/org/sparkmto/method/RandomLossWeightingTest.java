package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.method.RandomLossWeighting.Distribution;
import org.sparkmto.options.Option;

class RandomLossWeightingTest {
  private static final int STEPS = 20_000;
  private static final int TASKS = 3;

  private static Vector weights(Distribution distribution, long step, Vector labelled) {
    Method method =
        Methods.byName("rlw", Map.of("distribution", Option.spelled(distribution))).method();
    return Systems.weigher(method, TASKS)
        .weigh(Observation.ofLosses(step, 0, Vector.ones(TASKS), labelled), MethodState.empty())
        .shared();
  }

  /** Four standard errors of 20,000 draws whose standard deviation is below 1/2: 0.015. */
  @ParameterizedTest
  @EnumSource
  void everyTaskGetsTheSameShareOnAverage(Distribution distribution) {
    Vector sum = Vector.zeros(TASKS);
    for (int step = 0; step < STEPS; step++) {
      Vector weights = weights(distribution, step, Vector.ones(TASKS));
      assertThat(weights.sum()).isCloseTo(1, offset(1e-15));
      assertThat(weights.min()).isGreaterThanOrEqualTo(0);
      sum = sum.plus(weights);
    }
    for (double share : sum.dividedBy(STEPS).toArray()) {
      assertThat(share).isCloseTo(1.0 / TASKS, offset(0.015));
    }
  }

  /** Of three weights, one is Beta(1, 2): its variance is 1/18 and P(w > 1/2) = 1/4. */
  @Test
  void dirichletIsUniformOverTheSimplex() {
    double squares = 0;
    int large = 0;
    for (int step = 0; step < STEPS; step++) {
      double weight = weights(Distribution.DIRICHLET, step, Vector.ones(TASKS)).at(0);
      squares += Math.pow(weight - 1.0 / 3, 2);
      large += weight > 0.5 ? 1 : 0;
    }
    assertThat(squares / STEPS).isCloseTo(1.0 / 18, offset(0.003));
    assertThat((double) large / STEPS).isCloseTo(0.25, offset(0.0125));
  }

  /** The softmax of numbers in [0, 1) keeps every ratio below e. */
  @Test
  void uniformWeightsAreNeverFarApart() {
    double widest = 0;
    for (int step = 0; step < STEPS; step++) {
      Vector weights = weights(Distribution.UNIFORM, step, Vector.ones(TASKS));
      widest = Math.max(widest, weights.max() / weights.min());
    }
    assertThat(widest).isBetween(2.5, Math.E);
  }

  /** One task is trained, and always one that is there. */
  @Test
  void bernoulliPicksOneActiveTask() {
    int first = 0;
    for (int step = 0; step < STEPS; step++) {
      Vector weights = weights(Distribution.BERNOULLI, step, Vector.of(1, 0, 1));
      assertThat(weights.at(1)).isZero();
      assertThat(weights.max()).isEqualTo(1);
      first += (int) weights.at(0);
    }
    assertThat((double) first / STEPS).isCloseTo(0.5, offset(0.015));
  }

  @Test
  void dirichletOfDrawsThatAreAllZero() {
    assertThat(new RandomLossWeighting(Distribution.DIRICHLET).weights(Vector.zeros(2)))
        .isEqualTo(Vector.of(0.5, 0.5));
  }
}
