package org.sparkmto.method;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The minimum of {@code w'Mw/2 + r'w} over {@code w >= 0} with {@code sum_k w_k = 1}, for a
 * positive semidefinite M with entries of order 1: a primal active set (Nocedal and Wright,
 * "Numerical optimization", algorithm 16.3), which moves on a face of the simplex to its minimum,
 * and from there to a larger face or, where a weight would become negative, to a smaller one.
 *
 * @param weights the weights, of sum 1
 * @param residual how far the slope of a weight above zero is from the least slope, or that of
 *     another below it, in units of the largest of 1 and the slopes
 */
record SimplexQuadratic(Vector weights, double residual) {
  private static final double FLAT = 1e-14;
  private static final double REGULARISATION = 1e-11;

  /** Rounds for every index, before the point that was reached is the answer. */
  private static final int ROUNDS = 8;

  static SimplexQuadratic minimum(SymmetricMatrix m, Vector r) {
    int size = r.size();
    double[] w = new double[size];
    boolean[] support = new boolean[size];
    int first = steepest(m.diagonal().dividedBy(2).plus(r), new boolean[size]);
    w[first] = 1;
    support[first] = true;
    for (int round = 0; round < ROUNDS * (size + 1); round++) {
      int[] face = IntStream.range(0, size).filter(k -> support[k]).toArray();
      Optional<Vector> target = onFace(m, r, face);
      if (target.isEmpty()) {
        break;
      }
      int blocking = move(w, face, target.get());
      if (blocking >= 0) {
        support[blocking] = false;
        continue;
      }
      Vector slopes = m.times(Vector.of(w)).plus(r);
      int entering = steepest(slopes, support);
      if (entering < 0 || slopes.at(entering) >= level(slopes, w) - FLAT * scale(slopes)) {
        break;
      }
      support[entering] = true;
    }
    return new SimplexQuadratic(Vector.of(w), residual(m.times(Vector.of(w)).plus(r), w));
  }

  /** The minimum on a face whose weights have sum 1 and may be negative. */
  private static Optional<Vector> onFace(SymmetricMatrix m, Vector r, int[] face) {
    // The square of the sum is the same everywhere, and makes the equations definite.
    SymmetricMatrix own = m.select(face).plusOuter(Vector.ones(face.length));
    return solve(own, Vector.ones(face.length))
        .flatMap(
            u -> solve(own, r.select(face)).map(v -> u.times((1 + v.sum()) / u.sum()).minus(v)))
        .filter(Vector::isFinite);
  }

  private static Optional<Vector> solve(SymmetricMatrix m, Vector b) {
    return m.solve(b).or(() -> m.plusIdentity(REGULARISATION).solve(b));
  }

  /**
   * Goes towards the minimum of the face; answers the weight that came to zero on the way, or -1.
   */
  private static int move(double[] w, int[] face, Vector target) {
    double step = 1;
    int blocking = -1;
    for (int i = 0; i < face.length; i++) {
      double to = target.at(i);
      if (to <= 0 && w[face[i]] / (w[face[i]] - to) <= step) {
        step = w[face[i]] / (w[face[i]] - to);
        blocking = face[i];
      }
    }
    for (int i = 0; i < face.length; i++) {
      w[face[i]] = Math.max(0, w[face[i]] + step * (target.at(i) - w[face[i]]));
    }
    if (blocking >= 0) {
      w[blocking] = 0;
    }
    double sum = Arrays.stream(w).sum();
    for (int k : face) {
      w[k] /= sum;
    }
    return blocking;
  }

  private static int steepest(Vector slopes, boolean[] support) {
    return IntStream.range(0, slopes.size())
        .filter(k -> !support[k])
        .boxed()
        .min((a, b) -> Double.compare(slopes.at(a), slopes.at(b)))
        .orElse(-1);
  }

  private static double level(Vector slopes, double[] w) {
    return slopes.dot(Vector.of(w));
  }

  private static double scale(Vector slopes) {
    return Math.max(1, slopes.map(Math::abs).max());
  }

  private static double residual(Vector slopes, double[] w) {
    double level = level(slopes, w);
    double worst = 0;
    for (int k = 0; k < w.length; k++) {
      double miss = level - slopes.at(k);
      worst = Math.max(worst, w[k] > 0 ? Math.abs(miss) : miss);
    }
    return worst / scale(slopes);
  }
}
