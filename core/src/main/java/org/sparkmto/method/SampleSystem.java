package org.sparkmto.method;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.sparkmto.random.Draws;

/**
 * A random system of task gradients to try methods on, made from four numbers so that a failure can
 * be read and repeated.
 */
final class SampleSystem {
  private final long seed;
  private final double decades;
  private final double[][] gradients;

  /**
   * Gradients of standard normal direction, with norms over {@code decades} powers of ten.
   *
   * @param tasks at least 1
   * @param parameters length of each gradient, at least 1
   */
  SampleSystem(long seed, int tasks, int parameters, double decades) {
    this.seed = seed;
    this.decades = decades;
    this.gradients = gradients(seed, tasks, parameters, decades);
  }

  static double[][] gradients(long seed, int tasks, int parameters, double decades) {
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

  long seed() {
    return seed;
  }

  int tasks() {
    return gradients.length;
  }

  int parameters() {
    return gradients[0].length;
  }

  double[][] gradients() {
    return gradients;
  }

  Vector losses() {
    return losses(seed, tasks());
  }

  Draws draws() {
    return Draws.of(seed).of("test");
  }

  static List<String> names(int tasks) {
    return IntStream.range(0, tasks).mapToObj(k -> "task" + k).toList();
  }

  static Weigher weigher(Method method, int tasks, long seed) {
    return new Weigher(method, names(tasks), Draws.of(seed), HeadWeights.OWN);
  }

  /** A first step's observation, as a method of this kind sees it. */
  static Observation observation(Method method, double[][] gradients, Vector losses) {
    return fitted(
        method,
        Observation.ofLosses(0, 0, losses, Vector.ones(losses.size()))
            .withGram(SymmetricMatrix.gramOf(gradients)));
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
    return step.with(Kind.of(method, 1).sample(squares, names(squares.size())));
  }

  /** The method's answer in its first step. */
  static Weighing weigh(Method method, double[][] gradients, Vector losses) {
    Weigher weigher = weigher(method, gradients.length, 7);
    return weigher.weigh(observation(method, gradients, losses), weigher.initialState());
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

  /** The longest term of the combined gradient: what rounding is measured by. */
  static double largestTerm(Vector weights, double[][] gradients) {
    return IntStream.range(0, gradients.length)
        .mapToDouble(k -> Math.abs(weights.at(k)) * norm(Vector.of(gradients[k])))
        .max()
        .orElseThrow();
  }

  @Override
  public String toString() {
    return "seed %d, %d tasks, %d parameters, norms over %s decades"
        .formatted(seed, tasks(), parameters(), decades);
  }
}
