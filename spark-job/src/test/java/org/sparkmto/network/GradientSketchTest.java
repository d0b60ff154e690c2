package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.random.Draws;

class GradientSketchTest {
  private static final int ELEMENTS = 1000;

  private static FlatVector drawn(String purpose) {
    float[] values = new float[ELEMENTS];
    Draws draws = Draws.of(4).of(purpose);
    for (int i = 0; i < ELEMENTS; i++) {
      values[i] = (float) draws.normal(i);
    }
    return FlatVector.of(values);
  }

  private static float[] sketch(
      FlatVector vector, int length, long draw, double factor, long... ends) {
    try (GradientSketch sketch = new GradientSketch(vector, ELEMENTS, length);
        FlatVector into = sketch.zeros(1);
        PointerScope scope = new PointerScope()) {
      sketch.draw(Draws.of(9).at(draw));
      Tensor own = into.tensor();
      long from = 0;
      for (long to : ends) {
        sketch.add(vector.tensor(), from, to, factor, own);
        from = to;
      }
      sketch.add(vector.tensor(), from, ELEMENTS, factor, own);
      return into.toArray();
    }
  }

  private static double product(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum;
  }

  /** Where there is room for all, no two elements meet. */
  @ParameterizedTest
  @ValueSource(ints = {1000, 1013})
  void asManyNumbersAsElementsKeepEveryProduct(int length) {
    try (FlatVector a = drawn("a");
        FlatVector b = drawn("b")) {
      double exact = product(a.toArray(), b.toArray());
      assertThat(product(sketch(a, length, 0, 1), sketch(b, length, 0, 1)))
          .isCloseTo(exact, within(1e-3));
    }
  }

  /** It comes in pieces of any length, and is a sum, so that those of ranks add up. */
  @Test
  void isLinearAndKnowsNoPieces() {
    try (FlatVector a = drawn("a");
        FlatVector b = drawn("b");
        FlatVector both = FlatVector.zeros(ELEMENTS);
        PointerScope scope = new PointerScope()) {
      both.tensor().add_(a.tensor()).add_(b.tensor());
      float[] whole = sketch(both, 64, 3, 0.5);
      float[] left = sketch(a, 64, 3, 0.5, 1, 70, 640, 641, 999);
      float[] right = sketch(b, 64, 3, 0.5, 64, 128);
      for (int i = 0; i < 64; i++) {
        assertThat(left[i] + right[i]).isCloseTo(whole[i], within(1e-4f));
      }
    }
  }

  @Test
  void drawsDecide() {
    try (FlatVector a = drawn("a")) {
      assertThat(sketch(a, 64, 3, 1))
          .isEqualTo(sketch(a, 64, 3, 1))
          .isNotEqualTo(sketch(a, 64, 4, 1));
    }
  }

  /**
   * In the mean a product is right, and it scatters as the theory says: the variance of a product
   * of two vectors is {@code (|a|^2 |b|^2 + (a.b)^2) / d} less what no element does with itself.
   */
  @Test
  void productsAreRightInTheMeanAndScatterAsTheyMay() {
    try (FlatVector a = drawn("a");
        FlatVector b = drawn("b")) {
      int length = 50;
      int draws = 400;
      double mean = 0;
      double square = 0;
      double exact = product(a.toArray(), b.toArray());
      double own = product(a.toArray(), a.toArray()) * product(b.toArray(), b.toArray());
      for (int draw = 0; draw < draws; draw++) {
        double error = product(sketch(a, length, draw, 1), sketch(b, length, draw, 1)) - exact;
        mean += error / draws;
        square += error * error / draws;
      }
      double deviation = Math.sqrt((own + exact * exact) / length);
      assertThat(Math.sqrt(square)).isCloseTo(deviation, within(0.15 * deviation));
      assertThat(mean).isCloseTo(0, within(4 * deviation / Math.sqrt(draws)));
    }
  }
}
