package org.sparkmto.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdateRuleTest {

  /**
   * What verify follows in double precision is what a run computes in single precision. Four steps
   * on values up to 13: a few units of 13 * 2^-24 = 8e-7.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sgd | 0.1 | ",
        "sgd | 0.1 | momentum=0.9",
        "sgd | 0.1 | momentum=0.9,weight-decay=0.01",
        "sgd | 0.1 | momentum=0.9,nesterov=true",
        "adam | 0.01 | ",
        "adam | 0.01 | weight-decay=0.01",
        "adamw | 0.01 | ",
        "signum | 0.01 | ",
        "rmsprop | 0.01 | ",
        "adagrad | 0.01 | "
      })
  void fourStepsInFloatAreFourInDouble(String name, double rate, String options) {
    Map<String, String> given = new HashMap<>();
    for (String option : options == null ? new String[0] : options.split(",", -1)) {
      given.put(option.split("=", 2)[0], option.split("=", 2)[1]);
    }
    Optimizer rule = Optimizers.byName(name, given);
    Random random = new Random(11);
    float[] parameters = gaussian(random, 5);
    double[] exact = widened(parameters);
    float[][] state = new float[rule.state().size()][5];
    double[][] exactState = new double[state.length][5];
    for (int step = 1; step <= 4; step++) {
      float[] gradient = gaussian(random, 5);
      rule.update(parameters, gradient, state, 0, 5, step, rate);
      rule.update(exact, widened(gradient), exactState, 0, 5, step, rate);
      assertThat(widened(parameters)).containsExactly(exact, within(4e-6));
    }
  }

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

  /** One step in float is one step in double from the same point, but for a few roundings. */
  @Property(tries = 200)
  void floatIsDoubleRounded(
      @ForAll("rules") Optimizer rule, @ForAll long seed, @ForAll @IntRange(min = 1) int step) {
    Random random = new Random(seed);
    int length = 37;
    float[] parameters = gaussian(random, length);
    float[] gradient = gaussian(random, length);
    float[][] state = new float[rule.state().size()][];
    Arrays.setAll(state, s -> positive(gaussian(random, length)));
    double[] exact = widened(parameters);
    double[][] exactState = new double[state.length][];
    Arrays.setAll(exactState, s -> widened(state[s]));

    rule.update(parameters, gradient, state, 0, length, step, 0.05);
    rule.update(exact, widened(gradient), exactState, 0, length, step, 0.05);

    // Sums of a few terms of size about 4, each rounded to 2^-24 of its size.
    for (int i = 0; i < length; i++) {
      double error = Math.abs(exact[i] - parameters[i]);
      assertThat(error).isLessThan(8 * (4 + Math.abs(exact[i])) * 0x1.0p-24);
    }
    for (int s = 0; s < state.length; s++) {
      assertThat(widened(state[s])).containsExactly(exactState[s], within(64 * 0x1.0p-24));
    }
  }

  @Property(tries = 200)
  void slicesAreTheWhole(
      @ForAll("rules") Optimizer rule,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 200) int length,
      @ForAll @IntRange(min = 1, max = 64) int chunk) {
    Random random = new Random(seed);
    float[] whole = gaussian(random, length);
    float[] sliced = whole.clone();
    float[][] wholeState = new float[rule.state().size()][length];
    float[][] slicedState = new float[rule.state().size()][length];
    double[] wholeDouble = widened(whole);
    double[] slicedDouble = widened(whole);
    double[][] wholeDoubleState = new double[rule.state().size()][length];
    double[][] slicedDoubleState = new double[rule.state().size()][length];
    for (int step = 1; step <= 3; step++) {
      float[] gradient = gaussian(random, length);
      rule.update(whole, gradient, wholeState, 0, length, step, 0.1);
      rule.update(wholeDouble, widened(gradient), wholeDoubleState, 0, length, step, 0.1);
      for (int from = 0; from < length; from += chunk) {
        int size = Math.min(chunk, length - from);
        float[] own = Arrays.copyOfRange(sliced, from, from + size);
        float[] ownGradient = Arrays.copyOfRange(gradient, from, from + size);
        rule.update(own, ownGradient, slicedState, from, size, step, 0.1);
        System.arraycopy(own, 0, sliced, from, size);
        double[] ownDouble = Arrays.copyOfRange(slicedDouble, from, from + size);
        rule.update(ownDouble, widened(ownGradient), slicedDoubleState, from, size, step, 0.1);
        System.arraycopy(ownDouble, 0, slicedDouble, from, size);
      }
    }
    assertThat(sliced).isEqualTo(whole);
    assertThat(slicedState).isDeepEqualTo(wholeState);
    assertThat(slicedDouble).isEqualTo(wholeDouble);
    assertThat(slicedDoubleState).isDeepEqualTo(wholeDoubleState);
  }

  /** Where the state begins changes no bit, nor what lies around the chunk. */
  @Property(tries = 50)
  void longChunksAnywhereInTheState(
      @ForAll("rules") Optimizer rule,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 5000) int length,
      @ForAll @IntRange(min = 1, max = 3000) int offset) {
    Random random = new Random(seed);
    float[] straight = gaussian(random, length + 1);
    float[] shifted = straight.clone();
    float[] gradient = gaussian(random, length);
    float[][] state = new float[rule.state().size()][];
    Arrays.setAll(state, s -> positive(gaussian(random, offset + length + 5)));
    float[][] own = new float[state.length][];
    Arrays.setAll(own, s -> Arrays.copyOfRange(state[s], offset, offset + length));
    float[][] expected = new float[state.length][];
    Arrays.setAll(expected, s -> state[s].clone());

    rule.update(straight, gradient, own, 0, length, 3, 0.1);
    rule.update(shifted, gradient, state, offset, length, 3, 0.1);

    for (int s = 0; s < state.length; s++) {
      System.arraycopy(own[s], 0, expected[s], offset, length);
    }
    assertThat(shifted).isEqualTo(straight);
    assertThat(state).isDeepEqualTo(expected);
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
      adam.update(plain, gradient, plainState, 0, 2, step, 0.01);
      double[] larger = Arrays.stream(gradient).map(g -> 1000 * g).toArray();
      adam.update(scaled, larger, scaledState, 0, 2, step, 0.01);
    }
    // epsilon / |g| = 1e-8 of each move of 0.01.
    assertThat(scaled).containsExactly(plain, within(1e-9));
  }

  @Test
  void refusesWhatDoesNotFitBeforeChangingAnything() {
    Adam adam = new Adam(0.9, 0.999, 1e-8, 0);
    float[] parameters = {1, 2, 3};
    float[] gradient = {1, 1, 1};
    assertThatThrownBy(() -> adam.update(parameters, gradient, new float[2][3], 1, 3, 1, 0.1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> adam.update(parameters, gradient, new float[1][3], 0, 3, 1, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[first, second]");
    assertThatThrownBy(() -> adam.update(parameters, gradient, new float[2][3], 0, 3, 0, 0.1))
        .hasMessageContaining("counted from 1");
    assertThatThrownBy(
            () -> adam.update(new double[2], new double[3], new double[2][3], 0, 3, 1, 0.1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(parameters).containsExactly(1, 2, 3);
  }

  private static double[] widened(float[] values) {
    double[] widened = new double[values.length];
    Arrays.setAll(widened, i -> values[i]);
    return widened;
  }

  private static float[] gaussian(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] positive(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.5f + Math.abs(values[i]);
    }
    return values;
  }
}
