package org.sparkmto.method;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The shortest vector {@code sum_k w_k g_k} with {@code w >= 0} and {@code sum_k w_k = 1}, from the
 * cosines and norms of the {@code g_k}.
 *
 * <p>With {@code b_k = min |g| / |g_k|} and {@code y_k ~ w_k |g_k|} the problem is {@code min y'Cy
 * / (b'y)^2} over {@code y >= 0}. Its solution is, up to scale, that of the non-negative least
 * squares problem {@code min y'Cy + (b'y - 1)^2} (Lawson and Hanson 1974, chapter 23: least
 * distance programming). That one is bounded also when 0 lies in the hull, all its coefficients are
 * between -2 and 2 however different the norms are, and an active set solves it in finitely many
 * steps.
 *
 * @param weights the weights, of sum 1
 * @param residual how far the optimality conditions {@code g . g_k >= |g|^2}, with equality where
 *     {@code w_k > 0}, are missed: the largest miss in units of {@code |g_k|} times the longest
 *     {@code w_j |g_j|} or the shortest {@code |g_j|}, whichever is more
 */
record MinNorm(Vector weights, double residual) {
  private static final double ROUNDING = 8 * Math.ulp(1.0);

  static MinNorm of(SymmetricMatrix cosines, Vector norms) {
    Vector b = norms.map(norm -> norms.min() / norm);
    Vector y = nonNegativeLeastSquares(cosines.plusOuter(b), b);
    Vector weights = y.times(b).scaledToSum(1);
    return new MinNorm(weights, residual(cosines, b, y.dividedBy(y.dot(b))));
  }

  /** {@code min y'Qy/2 - b'y} over {@code y >= 0}. */
  private static Vector nonNegativeLeastSquares(SymmetricMatrix q, Vector b) {
    int size = b.size();
    double[] y = new double[size];
    boolean[] support = new boolean[size];
    boolean[] refused = new boolean[size];
    for (int round = 0; round < 10 * (size + 1); round++) {
      int entering = mostViolated(q, b, y, support, refused);
      if (entering < 0) {
        break;
      }
      support[entering] = true;
      if (descend(q, b, y, support, entering)) {
        Arrays.fill(refused, false);
      } else {
        support[entering] = false;
        refused[entering] = true;
      }
    }
    return Vector.of(y);
  }

  /** The index outside the support along which the objective falls fastest, or -1. */
  private static int mostViolated(
      SymmetricMatrix q, Vector b, double[] y, boolean[] support, boolean[] refused) {
    int most = -1;
    double steepest = 0;
    for (int k = 0; k < y.length; k++) {
      double slope = b.at(k);
      double magnitude = b.at(k);
      for (int j = 0; j < y.length; j++) {
        slope -= q.at(k, j) * y[j];
        magnitude += Math.abs(q.at(k, j) * y[j]);
      }
      if (!support[k] && !refused[k] && slope > steepest && slope > ROUNDING * magnitude) {
        steepest = slope;
        most = k;
      }
    }
    return most;
  }

  /**
   * Moves to the minimum on the support, leaving it at every border that is met on the way. Answers
   * false, with nothing changed, when rounding alone had made the entering index look useful.
   */
  private static boolean descend(
      SymmetricMatrix q, Vector b, double[] y, boolean[] support, int entering) {
    boolean moved = false;
    while (true) {
      int[] free = IntStream.range(0, y.length).filter(k -> support[k]).toArray();
      Optional<Vector> minimum = q.select(free).solve(b.select(free));
      if (minimum.isEmpty()
          || (!moved && minimum.get().at(Arrays.binarySearch(free, entering)) <= 0)) {
        return moved;
      }
      double step = 1;
      int border = -1;
      for (int i = 0; i < free.length; i++) {
        double target = minimum.get().at(i);
        double from = y[free[i]];
        if (target <= 0 && from / (from - target) < step) {
          step = from / (from - target);
          border = free[i];
        }
      }
      for (int i = 0; i < free.length; i++) {
        y[free[i]] += step * (minimum.get().at(i) - y[free[i]]);
      }
      moved = true;
      if (border < 0) {
        return true;
      }
      support[border] = false;
      for (int k : free) {
        if (k == border || y[k] <= 0) {
          y[k] = 0;
          support[k] = false;
        }
      }
    }
  }

  private static double residual(SymmetricMatrix cosines, Vector b, Vector y) {
    Vector projections = cosines.times(y);
    double square = y.dot(projections);
    double worst = 0;
    for (int k = 0; k < y.size(); k++) {
      double miss = b.at(k) * square - projections.at(k);
      worst = Math.max(worst, y.at(k) > 0 ? Math.abs(miss) : miss);
    }
    return worst / Math.max(1, y.max());
  }
}
