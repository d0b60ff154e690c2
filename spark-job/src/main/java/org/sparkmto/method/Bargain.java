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
 * @param residual {@code max_k | x_k (M x)_k / x_k^(1-p) - 1 |}; infinite where Newton's method
 *     ended
 */
record Bargain(Vector weights, double residual) {
  private static final int ROUNDS = 200;

  /** What rounding leaves of the residual is a few ulps per task. */
  private static final double ROUNDING = 4 * Math.ulp(1.0);

  /** Weights that grow so far on unit gradients tell of gradients that combine to 0. */
  private static final double ENDLESS = 1e9;

  static Bargain of(SymmetricMatrix cosines, Vector norms, double p) {
    int count = norms.size();
    // Norms around 1: M = scale^2 M', so x = scale^(-2 / (1 + p)) x'.
    double scale = Math.exp(norms.map(Math::log).mean());
    Vector n = norms.dividedBy(scale);
    Point point = start(cosines, n, p);
    double residual = point.residual();
    for (int round = 0; round < ROUNDS && residual > ROUNDING * count; round++) {
      Optional<Point> next = point.next();
      if (next.isEmpty()) {
        break;
      }
      double before = residual;
      residual = next.get().residual();
      if (before < 1e-10 && residual >= before) {
        residual = before;
        break;
      }
      point = next.get();
    }
    return new Bargain(
        point.x().times(Math.pow(scale, -2 / (1 + p))),
        point.a().max() > ENDLESS * start(cosines, n, p).a().max()
            ? Double.POSITIVE_INFINITY
            : residual);
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
      double worst = a.times(products).dividedBy(targets).map(ratio -> Math.abs(ratio - 1)).max();
      return Double.isNaN(worst) ? Double.POSITIVE_INFINITY : worst;
    }

    private double objective() {
      return 0.5 * a.dot(products) - gains();
    }

    private double gains() {
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
      double rounding = 1e-13 * (Math.abs(a.dot(products)) + Math.abs(gains()) + a.size());
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
