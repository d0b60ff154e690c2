package org.sparkmto.method;

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
  static MinNorm of(SymmetricMatrix cosines, Vector norms) {
    Vector b = norms.map(norm -> norms.min() / norm);
    Vector y = new NonNegativeQuadratic(cosines.plusOuter(b)).minimum(b);
    Vector weights = y.times(b).scaledToSum(1);
    return new MinNorm(weights, residual(cosines, b, y.dividedBy(y.dot(b))));
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
