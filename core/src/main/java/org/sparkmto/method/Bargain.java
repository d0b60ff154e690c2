package org.sparkmto.method;

import java.util.Optional;

/**
 * The weights {@code x > 0} with {@code M x = x^-p}, element by element: the only minimum of {@code
 * x'Mx/2 - sum_k h(x_k)} with {@code h' = x^-p}. There is none where a combination of the gradients
 * with weights of at least 0 vanishes, for all tasks cannot gain then.
 *
 * <p>With {@code x_k = a_k / |g_k|} the matrix is that of the cosines. Newton's method in relative
 * steps {@code s_k = da_k / a_k} has a matrix {@code (A C A + p W)}, {@code A = diag(a)}, {@code W
 * = diag(x^(1-p))}, which after scaling by W has no eigenvalue below p. A step multiplies by {@code
 * 1 + s} or divides by {@code 1 - s}, whichever keeps a positive, and is halved until the objective
 * falls.
 *
 * @param weights x; anything where the residual is large
 * @param residual how far the unit gradients' products with the update, {@code (C a)_k}, are from
 *     {@code x_k^-p / |g_k|}, in units of this or of the longest term of the update, whichever is
 *     more: a relative miss, except for gains that rounding hides
 * @param exists whether the update is more than what rounding leaves of terms that cancel
 */
record Bargain(Vector weights, double residual, boolean exists) {
  private static final int ROUNDS = 200;

  /** Below this residual the search ends when some rounds in a row bring nothing. */
  private static final double NEAR = 1e-10;

  private static final int PATIENCE = 2;

  /**
   * Terms that are longer than the update by more than 1e6 hide a squared length of 0, of which
   * rounding leaves {@code 1e-16 K}.
   */
  private static final double CANCELLED = 1e-12;

  static Bargain of(SymmetricMatrix cosines, Vector norms, double p) {
    // Norms around 1: M = scale^2 M', so x = scale^(-2 / (1 + p)) x'.
    double scale = Math.exp(norms.map(Math::log).mean());
    Point current = start(cosines, norms.dividedBy(scale), p);
    Point point = current;
    double residual = point.residual();
    int patience = PATIENCE;
    for (int round = 0; round < ROUNDS && residual > 0 && patience > 0; round++) {
      Optional<Point> next = current.next();
      if (next.isEmpty()) {
        break;
      }
      current = next.get();
      double reached = current.residual();
      patience = reached < residual || residual > NEAR ? PATIENCE : patience - 1;
      if (reached < residual) {
        point = current;
        residual = reached;
      }
    }
    double longest = point.a().max();
    return new Bargain(
        point.x().times(Math.pow(scale, -2 / (1 + p))),
        residual,
        point.a().dot(point.products()) > CANCELLED * longest * longest);
  }

  /** The solution for orthogonal gradients, at the best length. */
  private static Point start(SymmetricMatrix cosines, Vector n, double p) {
    Vector a = n.map(norm -> Math.pow(norm, (p - 1) / (p + 1)));
    Point point = new Point(cosines, n, p, a);
    double square = a.dot(point.products());
    if (!(square > 1e-6 * a.dot(a))) {
      return point;
    }
    return new Point(cosines, n, p, a.times(Math.pow(point.targets().sum() / square, 1 / (1 + p))));
  }

  /** A point of the iteration. */
  private static final class Point {
    private final SymmetricMatrix cosines;
    private final Vector n;
    private final double p;
    private final Vector a;
    private final Vector products;
    private final Vector targets;

    Point(SymmetricMatrix cosines, Vector n, double p, Vector a) {
      this.cosines = cosines;
      this.n = n;
      this.p = p;
      this.a = a;
      this.products = cosines.times(a);
      this.targets = p == 1 ? Vector.ones(a.size()) : x().map(value -> Math.pow(value, 1 - p));
    }

    Vector a() {
      return a;
    }

    Vector x() {
      return a.dividedBy(n);
    }

    /** {@code C a}. */
    Vector products() {
      return products;
    }

    /** What {@code a_k (C a)_k} is at the solution, {@code x^(1-p)}. */
    Vector targets() {
      return targets;
    }

    double residual() {
      double longest = a.max();
      Vector gains = targets.dividedBy(a);
      double worst =
          products
              .minus(gains)
              .dividedBy(gains.map(gain -> Math.max(gain, longest)))
              .map(Math::abs)
              .max();
      return Double.isNaN(worst) ? Double.POSITIVE_INFINITY : worst;
    }

    private double objective() {
      return 0.5 * a.dot(products) - utility();
    }

    private double utility() {
      return p == 1 ? a.map(Math::log).sum() : targets.sum() / (1 - p);
    }

    /** Empty where no step leads down. */
    Optional<Point> next() {
      Vector root = targets.map(Math::sqrt);
      Vector missing = targets.minus(a.times(products));
      Optional<Vector> solution =
          cosines.scaled(a.dividedBy(root)).plusIdentity(p).solve(missing.dividedBy(root));
      if (solution.isEmpty()) {
        return Optional.empty();
      }
      Vector step = solution.get().dividedBy(root);
      double slope = step.dot(missing);
      double objective = objective();
      // The products of unit gradients are known to an ulp of 1.
      double rounding =
          1e-13 * (Math.abs(utility()) + a.size()) + Math.ulp(1.0) * a.sum() * a.sum();
      for (double length = 1; length > 1e-9; length /= 2) {
        Point next = new Point(cosines, n, p, moved(step, length));
        if (next.objective() <= objective - 1e-4 * length * slope + rounding) {
          return Optional.of(next);
        }
      }
      return Optional.empty();
    }

    private Vector moved(Vector step, double length) {
      return a.times(
          step.map(relative -> relative > 0 ? 1 + length * relative : 1 / (1 - length * relative)));
    }
  }
}
