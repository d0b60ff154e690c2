package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkmto.elementwise.DoubleVector;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.optimizer.AdaGrad;
import org.sparkmto.optimizer.Adam;
import org.sparkmto.optimizer.AdamW;
import org.sparkmto.optimizer.MaoRule;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.RmsProp;
import org.sparkmto.optimizer.Sgd;
import org.sparkmto.optimizer.Signum;
import org.sparkmto.random.Draws;

/** Update rules on the tensors of a network against the same rules on arrays of doubles. */
class TensorElementsTest {
  private static final int LENGTH = 1003;

  static List<Optimizer> rules() {
    return List.of(
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

  /**
   * What verify follows in doubles is what a run computes in floats: from one point each step is
   * the same but for the roundings of a few sums of size about 4, each 2^-24 of its size.
   */
  @ParameterizedTest
  @MethodSource("rules")
  void aStepInFloatsIsTheOneInDoubles(Optimizer rule) {
    Random random = new Random(7);
    for (long step : new long[] {1, 2, 30, 1_000_000}) {
      float[] parameters = gaussian(random);
      float[] gradient = gaussian(random);
      List<float[]> state = new ArrayList<>();
      rule.state().forEach(name -> state.add(positive(gaussian(random))));
      double[] exact = widened(parameters);
      double[][] exactState =
          state.stream().map(TensorElementsTest::widened).toArray(double[][]::new);

      rule.update(exact, widened(gradient), exactState, step, 0.05);
      List<float[]> moved = step(rule, parameters, gradient, state, step, 0.05, LENGTH);

      for (int i = 0; i < LENGTH; i++) {
        assertThat((double) moved.get(0)[i])
            .isCloseTo(exact[i], within(8 * (4 + Math.abs(exact[i])) * 0x1.0p-24));
      }
      for (int s = 0; s < exactState.length; s++) {
        assertThat(widened(moved.get(s + 1)))
            .containsExactly(exactState[s], within(64 * 0x1.0p-24));
      }
    }
  }

  /** Whoever owns an element, and whatever lies around it, its bits are the same. */
  @ParameterizedTest
  @MethodSource("rules")
  void slicesAreTheWhole(Optimizer rule) {
    Random random = new Random(8);
    float[] parameters = gaussian(random);
    float[] gradient = gaussian(random);
    List<float[]> state = new ArrayList<>();
    rule.state().forEach(name -> state.add(positive(gaussian(random))));
    List<float[]> whole = step(rule, parameters, gradient, state, 3, 0.1, LENGTH);
    for (int chunk : new int[] {1, 7, 8, 100, 501}) {
      List<float[]> sliced = step(rule, parameters, gradient, state, 3, 0.1, chunk);
      for (int i = 0; i < whole.size(); i++) {
        assertThat(sliced.get(i)).isEqualTo(whole.get(i));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "0.9"})
  void signumOfEveryFloat(double momentum) {
    float[] gradient = {0, -0f, 1e-30f, -1e-30f, -1, 1, Float.MAX_VALUE, -Float.MAX_VALUE};
    Signum rule = new Signum(momentum, 0);
    List<float[]> state = new ArrayList<>();
    rule.state().forEach(name -> state.add(new float[gradient.length]));
    float[] moved =
        step(rule, new float[gradient.length], gradient, state, 1, 0.25, gradient.length).get(0);
    for (int i = 0; i < gradient.length; i++) {
      assertThat(moved[i]).isEqualTo(-0.25f * Math.signum(gradient[i]) + 0f);
    }
  }

  /** With epsilon 0 and Adam's correction the first step is the rate, whatever the gradient. */
  @Test
  void maoWithoutEpsilonNeverDividesZeroByZero() {
    MaoRule rule = new MaoRule(0.9, 0.999, 0, MaoRule.Correction.SQRT);
    float[] moved =
        step(
                rule,
                new float[] {1, 1, 1, 1},
                new float[] {0, 1e-12f, -3, 1e12f},
                List.of(new float[4], new float[4]),
                1,
                0.5,
                4)
            .get(0);
    assertThat(moved).containsExactly(new float[] {1, 0.5f, 1.5f, 0.5f}, within(1e-6f));
  }

  /** Every method that acts on elements computes with these beside the rules of optimisers. */
  @Test
  void operationsOnElementsAreThoseOnDoubles() {
    Random random = new Random(9);
    float[] left = gaussian(random);
    float[] right = positive(gaussian(random));
    left[0] = 0;
    left[1] = -0f;
    try (PointerScope scope = new PointerScope();
        FlatVector leftFloats = FlatVector.of(left);
        FlatVector rightFloats = FlatVector.of(right)) {
      List<double[]> floats = new ArrayList<>();
      for (TensorElements vector :
          results(leftFloats.elements(0, LENGTH), rightFloats.elements(0, LENGTH))) {
        try (FlatVector copy = FlatVector.zeros(LENGTH)) {
          copy.elements(0, LENGTH).add(1, vector);
          floats.add(widened(copy.toArray()));
        }
      }
      double[] a = widened(left);
      double[] b = widened(right);
      List<double[]> doubles = new ArrayList<>();
      results(DoubleVector.over(a), DoubleVector.over(b))
          .forEach(vector -> doubles.add(elements(vector)));
      for (int i = 0; i < doubles.size(); i++) {
        assertThat(floats.get(i)).containsExactly(doubles.get(i), within(4 * 0x1.0p-24 * 4));
      }
      double sum = DoubleVector.over(a).sum();
      assertThat(leftFloats.elements(0, LENGTH).sum()).isCloseTo(sum, within(1e-12 * LENGTH));
      assertThat(leftFloats.toArray()).isEqualTo(left);
      assertThat(rightFloats.toArray()).isEqualTo(right);
    }
  }

  /** New vectors of two that stay as they are; each formula changes what it has made alone. */
  private static <V extends ElementVector<V>> List<V> results(V left, V right) {
    Draws draws = Draws.of(5).of("method").at(2);
    return List.of(
        left.magnitudes(),
        left.times(right),
        left.times(right).divide(right),
        left.times(right).positivePart(),
        left.smaller(right),
        left.larger(right),
        left.zeros(),
        left.uniforms(draws, 1L << 40));
  }

  private static double[] elements(DoubleVector vector) {
    double[] values = new double[LENGTH];
    DoubleVector.over(values).add(1, vector);
    return values;
  }

  /** On a device they are made by other means: bit for bit before they are rounded to floats. */
  @Test
  void uniformNumbersOfATensorAreThoseOfTheKey() {
    for (long seed : new long[] {0, 1, -7, Long.MAX_VALUE}) {
      Draws draws = Draws.of(seed).at(3);
      for (long first : new long[] {0, 12_345, Integer.MAX_VALUE, 1L << 50}) {
        try (PointerScope scope = new PointerScope();
            FlatVector host = FlatVector.zeros(1)) {
          double[] made =
              HostTensors.doubles(TensorDraws.uniforms(draws, first, LENGTH, host.tensor()));
          for (int i = 0; i < LENGTH; i++) {
            assertThat(made[i]).isEqualTo(draws.uniform(first + i));
          }
        }
      }
    }
  }

  /** Pieces cover what was asked for once, in its order, and no tensor of theirs stays. */
  @Test
  void piecesAreTheWhole() {
    int elements = 300_001;
    try (FlatVector vector = FlatVector.zeros(elements)) {
      List<Long> lengths = new ArrayList<>();
      vector.byPieces(
          5,
          elements,
          (at, count) -> {
            vector.elements(at, count).shift(1);
            lengths.add(count);
          });
      assertThat(lengths).hasSizeGreaterThan(2);
      assertThat(lengths.stream().mapToLong(Long::longValue).sum()).isEqualTo(elements - 5);
      float[] values = vector.toArray();
      for (int i = 0; i < elements; i++) {
        assertThat(values[i]).isEqualTo(i < 5 ? 0 : 1);
      }
    }
  }

  /** Running statistics of a network without batch normalisation are such a vector. */
  @Test
  void anEmptyVectorGivesAndTakesNothing() throws IOException {
    try (FlatVector none = FlatVector.of()) {
      none.write(0, new float[0], 0, 0);
      none.read(0, new float[0], 0, 0);
      none.readAll((piece, at, count) -> assertThat(count).isZero());
      none.writeAll((piece, at, count) -> assertThat(count).isZero());
      assertThat(none.toArray()).isEmpty();
      assertThat(none.squares(0, 0)).isZero();
    }
  }

  /** Parameters and state after a step that is made chunk by chunk. */
  private static List<float[]> step(
      Optimizer rule,
      float[] parameters,
      float[] gradient,
      List<float[]> state,
      long step,
      double rate,
      int chunk) {
    List<FlatVector> vectors =
        new ArrayList<>(List.of(FlatVector.of(parameters), FlatVector.of(gradient)));
    state.forEach(values -> vectors.add(FlatVector.of(values)));
    for (int at = 0; at < parameters.length; at += chunk) {
      int from = at;
      int count = Math.min(chunk, parameters.length - at);
      try (PointerScope scope = new PointerScope()) {
        List<TensorElements> own =
            vectors.stream().map(vector -> vector.elements(from, count)).toList();
        rule.update(own.get(0), own.get(1), own.subList(2, own.size()), step, rate);
      }
    }
    List<float[]> after = new ArrayList<>();
    for (FlatVector vector : vectors) {
      after.add(vector.toArray());
      vector.close();
    }
    assertThat(after.remove(1)).isEqualTo(gradient);
    return after;
  }

  private static double[] widened(float[] values) {
    double[] widened = new double[values.length];
    Arrays.setAll(widened, i -> values[i]);
    return widened;
  }

  private static float[] gaussian(Random random) {
    float[] values = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
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
