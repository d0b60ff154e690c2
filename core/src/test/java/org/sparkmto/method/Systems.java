package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.sparkmto.random.Draws;

/** Systems of task gradients for tests, and what tests ask of them. */
final class Systems {
  private Systems() {}

  /** Gradients of standard normal direction, with norms over {@code decades} powers of ten. */
  static double[][] random(long seed, int tasks, int parameters, double decades) {
    Draws draws = Draws.of(seed);
    double[][] gradients = new double[tasks][];
    for (int k = 0; k < tasks; k++) {
      double[] row = new double[parameters];
      for (int p = 0; p < parameters; p++) {
        row[p] = draws.at(k).normal(p);
      }
      Vector unit = Vector.of(row);
      unit = unit.dividedBy(Math.sqrt(unit.dot(unit)));
      double norm = Math.pow(10, decades * (draws.of("norm").uniform(k) - 0.5));
      gradients[k] = unit.times(norm).toArray();
    }
    return gradients;
  }

  /** Positive losses over two decades. */
  static Vector losses(long seed, int tasks) {
    Draws draws = Draws.of(seed).of("loss");
    double[] losses = new double[tasks];
    for (int k = 0; k < tasks; k++) {
      losses[k] = Math.pow(10, 2 * draws.uniform(k) - 1);
    }
    return Vector.of(losses);
  }

  static Observation observation(double[][] gradients, Vector losses) {
    return Observation.ofLosses(0, 0, losses, Vector.ones(losses.size()))
        .withGram(SymmetricMatrix.gramOf(gradients));
  }

  static Weigher weigher(Method method, int tasks) {
    return new Weigher(method, names(tasks), Draws.of(7), HeadWeights.OWN);
  }

  static List<String> names(int tasks) {
    return IntStream.range(0, tasks).mapToObj(k -> "task" + k).toList();
  }

  /**
   * A first step's observation with a Gram matrix of the task gradients, as a method of another
   * kind would see it: averages are zero, all parts of a batch are alike.
   */
  static Observation fitted(Method method, Observation step) {
    SymmetricMatrix gram = step.gradients().gram().orElseThrow();
    Optional<? extends GradientSummary> seen = Kind.of(method, 1).ofGram(gram);
    if (seen.isPresent()) {
      return step.with(seen.get());
    }
    Vector squares = gram.diagonal();
    return step.with(
        method.secondQuestion() == Method.SecondQuestion.AFTER_TRIAL
            ? new GradientSummary.Derivatives(squares)
            : new GradientSummary.ElementSums(squares, squares.map(Math::sqrt)));
  }

  /** The method's answer in its first step. */
  static Weighing weigh(Method method, double[][] gradients, Vector losses) {
    Weigher weigher = weigher(method, gradients.length);
    return weigher.weigh(fitted(method, observation(gradients, losses)), weigher.initialState());
  }

  /** The weights of the first step's gradients in its update, in a step as {@link #fitted} has. */
  static Vector effective(Weighing weighing) {
    int count = weighing.status().size();
    Vector sum = Vector.zeros(count);
    for (int from = 0; from < weighing.shared().size(); from += count) {
      sum = sum.plus(weighing.shared().select(IntStream.range(from, from + count).toArray()));
    }
    return weighing.blend().isPresent() ? sum.times(weighing.blend().get().take()) : sum;
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
    Vector sum = Vector.zeros(gradients[0].length);
    for (int k = 0; k < gradients.length; k++) {
      sum = sum.plus(Vector.of(gradients[k]).times(weights.at(k)));
    }
    return sum;
  }

  static double norm(Vector vector) {
    return Math.sqrt(vector.dot(vector));
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
