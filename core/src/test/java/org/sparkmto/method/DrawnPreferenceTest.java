package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.random.Draws;

/** Preferences are drawn of the distribution that they say, and are the same for who asks again. */
class DrawnPreferenceTest {
  private static final int DRAWS = 20_000;

  /**
   * Five deviations of a mean of so many draws, each within [0, 1] and so of a deviation of at most
   * one half; of means of squares likewise.
   */
  private static final double CHANCE = 5 * 0.5 / Math.sqrt(DRAWS);

  /**
   * Mean {@code a_k / s} and variance {@code a_k (s - a_k) / (s^2 (s + 1))}, with {@code s} the sum
   * of the parameters: what any text on the Dirichlet distribution has.
   */
  @ParameterizedTest
  @ValueSource(strings = {"1.2,1.2", "0.05,0.05,0.05", "0.3,1,4"})
  void momentsAreThoseOfTheDistribution(String parameters) {
    double[] alpha =
        Arrays.stream(parameters.split(",")).mapToDouble(Double::parseDouble).toArray();
    double all = Arrays.stream(alpha).sum();
    DrawnPreference drawn = drawn(alpha);
    Vector sum = Vector.zeros(alpha.length);
    Vector squares = Vector.zeros(alpha.length);
    for (int step = 0; step < DRAWS; step++) {
      Vector shares = drawn.at(Draws.of(5).at(step), alpha.length);
      assertThat(shares.sum()).isCloseTo(1, within(1e-12));
      assertThat(shares.min()).isNotNegative();
      sum = sum.plus(shares);
      squares = squares.plus(shares.times(shares));
    }
    for (int k = 0; k < alpha.length; k++) {
      double mean = alpha[k] / all;
      double variance = alpha[k] * (all - alpha[k]) / (all * all * (all + 1));
      assertThat(sum.at(k) / DRAWS).as("mean of task %d", k).isCloseTo(mean, within(CHANCE));
      assertThat(squares.at(k) / DRAWS)
          .as("square of task %d", k)
          .isCloseTo(variance + mean * mean, within(CHANCE));
    }
  }

  /**
   * The distribution itself, not its moments alone: with parameters 1, of two tasks, a share is
   * uniform.
   */
  @Test
  void withParametersOfOneTwoTasksShareUniformly() {
    DrawnPreference drawn = drawn(1);
    int[] counts = new int[10];
    for (int step = 0; step < DRAWS; step++) {
      counts[(int) Math.min(9, 10 * drawn.at(Draws.of(6).at(step), 2).at(0))]++;
    }
    for (int count : counts) {
      // Five deviations of a count of so many draws with a probability of one tenth.
      assertThat(count / (double) DRAWS).isCloseTo(0.1, within(5 * 0.3 / Math.sqrt(DRAWS)));
    }
  }

  @Test
  void verySmallParametersChooseOneTask() {
    DrawnPreference drawn = drawn(1e-3);
    int first = 0;
    for (int step = 0; step < 200; step++) {
      Vector shares = drawn.at(Draws.of(1).at(step), 2);
      assertThat(shares.isFinite()).isTrue();
      first += shares.at(0) > 0.5 ? 1 : 0;
    }
    assertThat(first).isBetween(60, 140);
  }

  @Test
  void isAFunctionOfSeedAndStep() {
    Method method = Methods.of("cosmos").method();
    Weigher weigher = weigher(method, 3);
    assertThat(weigher.preference(7)).isEqualTo(weigher(method, 3).preference(7));
    assertThat(weigher.preference(7)).isNotEqualTo(weigher.preference(8));
    assertThat(weigher.preference(7)).isNotEqualTo(weigher(method, 4).preference(7));
    assertThat(weigher(Methods.of("ew").method(), 3).preference(7)).isEmpty();
  }

  private static DrawnPreference drawn(double... concentration) {
    return new DrawnPreference(Vector.of(concentration), Optional.empty());
  }

  private static Weigher weigher(Method method, long seed) {
    return new Weigher(method, List.of("a", "b"), Draws.of(seed), HeadWeights.OWN);
  }

  @Test
  void asksForWhatItIsToldOrForAllAlike() {
    assertThat(drawn(1).usual(4)).isEqualTo(Vector.filled(4, 0.25));
    assertThat(new DrawnPreference(Vector.of(1), Optional.of(Vector.of(6, 0, 2))).usual(3))
        .isEqualTo(Vector.of(0.75, 0, 0.25));
  }

  @Test
  void refusesWhatCannotBe() {
    for (List<Integer> wrong : List.of(List.of(1, -1), List.of(0, 0))) {
      assertThatThrownBy(() -> Methods.byName("cosmos", Map.of("preferences", wrong)))
          .hasMessageContaining("a preference has no negative number, and one above zero");
    }
    assertThatThrownBy(() -> Methods.byName("cosmos", Map.of("alpha", 0)))
        .hasMessageContaining("a Dirichlet distribution has parameters above zero");
    Method three = Methods.byName("cosmos", Map.of("alpha", List.of(1, 2, 3))).method();
    assertThatThrownBy(() -> weigher(three, 1))
        .hasMessageContaining("option 'alpha' holds 3 values, the run has 2 tasks");
    assertThatThrownBy(() -> Methods.byName("auto-lambda", Map.of("decoder", "cosmos")))
        .hasMessageContaining("'cosmos' draws a preference that the network has as an input");
  }
}
