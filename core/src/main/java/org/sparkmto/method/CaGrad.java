package org.sparkmto.method;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.sparkmto.options.Option;

/**
 * CAGrad: the direction near the mean gradient g_0, {@code |d - g_0| <= c |g_0|}, along which the
 * task that gains least gains most, {@code max_d min_k d . g_k} (Liu et al., "Conflict-Averse
 * Gradient Descent for Multi-task Learning", NeurIPS 2021, eq. 3).
 *
 * <p>Solved exactly. For a given gain m the nearest d to g_0 with {@code d . g_k >= m} is {@code
 * g_0 + sum_k v_k g_k} with {@code v >= 0}; its distance from g_0 is convex in m, and the largest m
 * within the ball is wanted. On the tasks with {@code v_k > 0} it is the root of a quadratic, so
 * the search ends as soon as the root does not change them. The weights are {@code 1/K + v_k}. In
 * coefficients of unit gradients, {@code z_k = v_k |g_k| / |g_0|}, all is in terms of cosines.
 *
 * <p>Where the gradients are Pareto-stationary and a d without any gain or loss lies within the
 * ball, every such d is a solution; the nearest to g_0 is taken.
 *
 * @param c the radius of the ball in units of {@code |g_0|}
 * @param rescale by what the update is divided
 * @param scale whether the update is like a mean or like a sum of the gradients
 */
record CaGrad(double c, Rescale rescale, Scale scale) implements GramMethod {

  /** What the update is divided by, with the number that public code has for it. */
  enum Rescale {
    /** 1, as in the paper. */
    NONE(0),
    /** {@code 1 + c^2}. */
    SQUARE(1),
    /** {@code 1 + c}. */
    LINEAR(2);

    private final int number;

    Rescale(int number) {
      this.number = number;
    }

    static Rescale of(double number) {
      return Arrays.stream(values())
          .filter(rescale -> rescale.number == number)
          .findAny()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "option 'rescale' must be 0, 1 or 2, not '" + number + "'"));
    }

    double divisor(double c) {
      return switch (this) {
        case NONE -> 1;
        case SQUARE -> 1 + c * c;
        case LINEAR -> 1 + c;
      };
    }
  }

  /** The length of the update of equal gradients. */
  enum Scale {
    /** That of their mean. */
    MEAN,
    /** That of their sum. */
    SUM
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "cagrad",
              "CAGrad",
              "Liu et al., NeurIPS 2021, eq. 3",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(
              "c",
              Option.notNegative(),
              0.4,
              "radius around the mean gradient, in units of its length")
          .option(
              "rescale",
              Option.oneOf(0, 1, 2),
              0,
              "divides the update by: 0: 1, 1: 1 + c^2, 2: 1 + c")
          .option(
              "scale",
              Option.choice(Scale.class),
              "mean",
              "the update is like a mean or, times K, like a sum: mean or sum")
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.NON_NEGATIVE,
              MethodProperty.CHOSEN_TRADE_OFF)
          .madeBy(
              options ->
                  new CaGrad(
                      options.number("c"),
                      Rescale.of((double) options.whole("rescale")),
                      options.choice("scale", Scale.class)));

  /** A solution that misses its optimality conditions by more is not used. */
  private static final double INEXACT = 1e-9;

  /** Inner products in double precision cannot tell shorter vectors, squared, from zero. */
  private static final double ZERO = 1e-14;

  @Override
  public double equalWeight(int tasks) {
    return (1 + c) * factor(tasks) / tasks;
  }

  private double factor(int tasks) {
    return (scale == Scale.SUM ? tasks : 1) / rescale.divisor(c);
  }

  @Override
  public boolean weighsSingleTask() {
    return true;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    int count = tasks.count();
    Vector norms = tasks.norms();
    Vector gains = tasks.cosines().times(norms).dividedBy(count); // g_0 . g_k / |g_k|
    double square = norms.dot(gains) / count;
    Vector mean = Vector.filled(count, 1.0 / count);
    if (c == 0 || square <= ZERO * norms.max() * norms.max()) {
      return TaskWeights.shared(mean.times(factor(count))).withResidual(0);
    }
    double length = Math.sqrt(square);
    Ball ball = new Ball(tasks.cosines(), norms, gains.dividedBy(length), c);
    Nearest best = ball.best();
    return best.residual() <= INEXACT
        ? TaskWeights.shared(
                mean.plus(best.z().times(length).dividedBy(norms)).times(factor(count)))
            .withResidual(best.residual())
        : TaskWeights.failed("the conflict-averse direction was not found")
            .withResidual(best.residual());
  }

  /** The nearest direction to g_0 with a gain: its coefficients and how well they are known. */
  private record Nearest(Vector z, double distance, double residual) {
    int[] support() {
      return IntStream.range(0, z.size()).filter(k -> z.at(k) > 0).toArray();
    }
  }

  /** The search within the ball, in units of {@code |g_0|}. */
  private static final class Ball {
    private final SymmetricMatrix cosines;
    private final Vector gains;
    private final Vector inverse;
    private final double radius;
    private final NonNegativeQuadratic quadratic;

    /** The gains are those of g_0 along every unit gradient. */
    Ball(SymmetricMatrix cosines, Vector norms, Vector gains, double radius) {
      this.cosines = cosines;
      this.gains = gains;
      this.inverse = norms.map(norm -> norms.min() / norm);
      this.radius = radius;
      this.quadratic = new NonNegativeQuadratic(cosines);
    }

    Nearest best() {
      Nearest free = nearest(0, new int[0]);
      // No task gains more than what the whole of |d| <= 1 + c gives the one with the shortest
      // gradient, and with the lowest gain of g_0 nothing need change.
      boolean losing = free.distance() > radius;
      double low = losing ? gains.dividedBy(inverse).min() : 0;
      double high = losing ? 0 : 1 + radius;
      Nearest best = free;
      for (int round = 0; round < 200 && high - low > 1e-16 * Math.max(high, -low); round++) {
        int[] support = best.support();
        Optional<Double> root = root(support).filter(isBetween(low, high));
        double gain = root.orElse(low + (high - low) / 2);
        best = nearest(gain, support);
        if (root.isPresent() && Arrays.equals(best.support(), support)) {
          return onSphere(best);
        }
        if (best.distance() <= radius && best.residual() <= INEXACT) {
          low = gain;
        } else {
          high = gain;
        }
      }
      return !losing && isStationary() ? free : onSphere(best);
    }

    private static Predicate<Double> isBetween(double low, double high) {
      return value -> value >= low && value <= high;
    }

    private Nearest nearest(double gain, int[] guess) {
      Vector b = inverse.times(gain).minus(gains);
      Vector z = guess.length == 0 ? quadratic.minimum(b) : quadratic.minimum(b, guess);
      double distance = Math.sqrt(Math.max(0, z.dot(cosines.times(z))));
      return new Nearest(z, distance, quadratic.residual(b, z));
    }

    private Nearest onSphere(Nearest nearest) {
      double miss = Math.abs(nearest.distance() - radius);
      return new Nearest(nearest.z(), nearest.distance(), Math.max(nearest.residual(), miss));
    }

    /** The gain at which d, with these tasks alone at the lowest gain, is on the sphere. */
    private Optional<Double> root(int[] support) {
      if (support.length == 0) {
        return Optional.empty();
      }
      SymmetricMatrix part = cosines.select(support);
      Vector beta = inverse.select(support);
      Vector q = gains.select(support);
      Optional<Vector> byGain = part.solve(beta);
      Optional<Vector> atZero = part.solve(q);
      if (byGain.isEmpty() || atZero.isEmpty()) {
        return Optional.empty();
      }
      double square = byGain.get().dot(beta);
      double mixed = byGain.get().dot(q);
      double discriminant = mixed * mixed - square * (atZero.get().dot(q) - radius * radius);
      return discriminant >= 0 && square > 0
          ? Optional.of((mixed + Math.sqrt(discriminant)) / square)
          : Optional.empty();
    }

    /** Whether 0 lies in the convex hull of the gradients, so that not all tasks can gain. */
    private boolean isStationary() {
      Vector weights = MinNorm.of(cosines, Vector.ones(gains.size())).weights();
      return weights.dot(cosines.times(weights)) <= ZERO;
    }
  }
}
