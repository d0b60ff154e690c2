package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

/** Systems of task gradients for tests, and what tests ask of them. */
final class Systems {
  private Systems() {}

  /** Gradients of standard normal direction, with norms over {@code decades} powers of ten. */
  static double[][] random(long seed, int tasks, int parameters, double decades) {
    return SampleSystem.gradients(seed, tasks, parameters, decades);
  }

  /** Positive losses over two decades. */
  static Vector losses(long seed, int tasks) {
    return SampleSystem.losses(seed, tasks);
  }

  static Observation observation(double[][] gradients, Vector losses) {
    return Observation.ofLosses(0, 0, losses, Vector.ones(losses.size()))
        .withGram(SymmetricMatrix.gramOf(gradients));
  }

  static Weigher weigher(Method method, int tasks) {
    return SampleSystem.weigher(method, tasks, 7);
  }

  static List<String> names(int tasks) {
    return SampleSystem.names(tasks);
  }

  /**
   * A first step's observation with a Gram matrix of the task gradients, as a method of another
   * kind would see it: averages are zero, all parts of a batch are alike.
   */
  static Observation fitted(Method method, Observation step) {
    return SampleSystem.fitted(method, step);
  }

  /** The method's answer in its first step. */
  static Weighing weigh(Method method, double[][] gradients, Vector losses) {
    return SampleSystem.weigh(method, gradients, losses);
  }

  /** The weights of the first step's gradients in its update, in a step as {@link #fitted} has. */
  static Vector effective(Weighing weighing) {
    return SampleSystem.effective(weighing);
  }

  static Method method(String name) {
    return Methods.byName(name, Map.of()).method();
  }

  /** A method with default options; it serves this primary task, if it serves one. */
  static Method serving(String name, int primary) {
    boolean auxiliary =
        Methods.entry(name).parameters().stream()
            .anyMatch(parameter -> parameter.name().equals(PrimaryTask.OPTION));
    return Methods.byName(name, auxiliary ? Map.of(PrimaryTask.OPTION, primary) : Map.of())
        .method();
  }

  /** {@code sum_k w_k g_k}. */
  static Vector combined(Vector weights, double[][] gradients) {
    return SampleSystem.combined(weights, gradients);
  }

  static double norm(Vector vector) {
    return SampleSystem.norm(vector);
  }

  /** {@code |a - b| <= tolerance * |b|} for every value, each measured by itself. */
  static void assertEachClose(Vector actual, Vector expected, double tolerance) {
    assertThat(actual.size()).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(Math.abs(actual.at(i) - expected.at(i)))
          .as("value %d: %s, expected %s", i, actual.at(i), expected.at(i))
          .isLessThanOrEqualTo(tolerance * Math.abs(expected.at(i)) + Double.MIN_NORMAL);
    }
  }

  /** The largest difference in units of the largest expected value; 1e-15 is rounding of ones. */
  static void assertClose(Vector actual, Vector expected, double tolerance) {
    assertThat(actual.minus(expected).map(Math::abs).max())
        .as("%s, expected %s", actual, expected)
        .isLessThanOrEqualTo(tolerance * expected.map(Math::abs).max() + 1e-15);
  }
}
