package org.sparkmto.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class UpdateRuleTest {

  @Provide
  Arbitrary<Optimizer> rules() {
    return Arbitraries.of(
        new Sgd(0, 0, false),
        new Sgd(0, 0.01, false),
        new Sgd(0.9, 0.001, false),
        new Sgd(0.9, 0.001, true),
        new Adam(0.9, 0.999, 1e-8, 0),
        new Adam(0.5, 0.9, 1e-3, 0.1),
        new AdamW(0.9, 0.999, 1e-8, 0.01),
        new AdamW(0.5, 0.9, 1e-3, 0.1),
        new Signum(0.9, 0),
        new Signum(0.5, 0.1),
        new Signum(0, 0.01),
        new RmsProp(0.99, 1e-8, 0, 0),
        new RmsProp(0.9, 1e-3, 0.9, 0.1),
        new AdaGrad(1e-10, 0, 0, 0),
        new AdaGrad(1e-3, 0.5, 0.1, 0.1),
        new MaoRule(0.9, 0.999, 1e-8, MaoRule.Correction.SQRT),
        new MaoRule(0, 0.9, 0, MaoRule.Correction.NONE));
  }

  @Property(tries = 200)
  void slicesAreTheWhole(
      @ForAll("rules") Optimizer rule,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 200) int length,
      @ForAll @IntRange(min = 1, max = 64) int chunk) {
    Random random = new Random(seed);
    double[] whole = gaussian(random, length);
    double[] sliced = whole.clone();
    double[][] wholeState = new double[rule.state().size()][length];
    double[][] slicedState = new double[rule.state().size()][length];
    for (int step = 1; step <= 3; step++) {
      double[] gradient = gaussian(random, length);
      rule.update(whole, gradient, wholeState, step, 0.1);
      for (int from = 0; from < length; from += chunk) {
        int size = Math.min(chunk, length - from);
        double[] own = Arrays.copyOfRange(sliced, from, from + size);
        double[] ownGradient = Arrays.copyOfRange(gradient, from, from + size);
        double[][] ownState = new double[slicedState.length][];
        for (int s = 0; s < ownState.length; s++) {
          ownState[s] = Arrays.copyOfRange(slicedState[s], from, from + size);
        }
        rule.update(own, ownGradient, ownState, step, 0.1);
        System.arraycopy(own, 0, sliced, from, size);
        for (int s = 0; s < ownState.length; s++) {
          System.arraycopy(ownState[s], 0, slicedState[s], from, size);
        }
      }
    }
    assertThat(sliced).isEqualTo(whole);
    assertThat(slicedState).isDeepEqualTo(wholeState);
  }

  /** What the caller still needs, for another task or another step, is as it was. */
  @Property(tries = 50)
  void theGradientIsOnlyRead(@ForAll("rules") Optimizer rule, @ForAll long seed) {
    Random random = new Random(seed);
    double[] gradient = gaussian(random, 9);
    double[] before = gradient.clone();
    rule.update(gaussian(random, 9), gradient, new double[rule.state().size()][9], 2, 0.1);
    assertThat(gradient).isEqualTo(before);
  }

  /** A scaled loss moves Adam's parameters as far, up to epsilon, and those of SGD farther. */
  @Property(tries = 50)
  void adamForgetsTheScaleOfTheLoss(@ForAll long seed) {
    Random random = new Random(seed);
    Adam adam = new Adam(0.9, 0.999, 1e-8, 0);
    double[] plain = {random.nextGaussian(), random.nextGaussian()};
    double[] scaled = plain.clone();
    double[][] plainState = new double[2][2];
    double[][] scaledState = new double[2][2];
    for (int step = 1; step <= 5; step++) {
      double[] gradient = {1 + random.nextDouble(), -1 - random.nextDouble()};
      adam.update(plain, gradient, plainState, step, 0.01);
      double[] larger = Arrays.stream(gradient).map(g -> 1000 * g).toArray();
      adam.update(scaled, larger, scaledState, step, 0.01);
    }
    // epsilon / |g| = 1e-8 of each move of 0.01.
    assertThat(scaled).containsExactly(plain, within(1e-9));
  }

  @Test
  void refusesWhatDoesNotFitBeforeChangingAnything() {
    Adam adam = new Adam(0.9, 0.999, 1e-8, 0);
    double[] parameters = {1, 2, 3};
    double[] gradient = {1, 1, 1};
    assertThatThrownBy(() -> adam.update(parameters, gradient, new double[2][2], 1, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("state vector of 2 elements for 3 parameters");
    assertThatThrownBy(() -> adam.update(parameters, gradient, new double[1][3], 1, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[first, second]");
    assertThatThrownBy(() -> adam.update(parameters, gradient, new double[2][3], 0, 0.1))
        .hasMessageContaining("counted from 1");
    assertThatThrownBy(() -> adam.update(parameters, new double[2], new double[2][3], 1, 0.1))
        .hasMessageContaining("gradient of 2 elements");
    assertThat(parameters).containsExactly(1, 2, 3);
  }

  private static double[] gaussian(Random random, int length) {
    double[] values = new double[length];
    Arrays.setAll(values, i -> random.nextGaussian());
    return values;
  }
}
