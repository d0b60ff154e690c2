package org.sparkmto.method;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Minimises {@code y'Qy/2 - b'y} over {@code y >= 0}, exactly, for one positive semidefinite Q with
 * entries of order 1 and any number of b. The same as the linear complementarity problem {@code y
 * >= 0}, {@code Qy >= b}, {@code y'(Qy - b) = 0}.
 *
 * <p>Block principal pivoting (Judice and Pires 1994) finds the support in a few solves where Q is
 * well conditioned on the supports it meets. Where it is not, or rounding makes it cycle, an active
 * set (Lawson and Hanson 1974, chapter 23) takes over, which needs more solves, is finite and never
 * leaves the well conditioned supports.
 */
final class NonNegativeQuadratic {
  private static final double ROUNDING = 8 * Math.ulp(1.0);

  /** A solution that misses its conditions by more than what rounding explains is tried anew. */
  private static final double INEXACT = 1e-12;

  private final SymmetricMatrix q;
  private final double[] values;
  private final int size;

  NonNegativeQuadratic(SymmetricMatrix q) {
    this.q = q;
    this.values = q.toArray();
    this.size = q.size();
  }

  /** The minimum; not unique where Q is singular, but Qy is. */
  Vector minimum(Vector b) {
    return minimum(b, IntStream.range(0, size).filter(k -> b.at(k) > 0).toArray());
  }

  /** The minimum, from a guess of the indices at which it is positive. */
  Vector minimum(Vector b, int[] guess) {
    return blockPivoting(b, guess)
        .filter(y -> residual(b, y) <= INEXACT)
        .orElseGet(() -> activeSet(b));
  }

  /**
   * How far {@code Qy >= b}, with equality where {@code y > 0}, is missed: the largest miss in
   * units of the largest of 1 and y.
   */
  double residual(Vector b, Vector y) {
    double worst = 0;
    Vector slopes = b.minus(q.times(y));
    for (int k = 0; k < size; k++) {
      worst = Math.max(worst, y.at(k) > 0 ? Math.abs(slopes.at(k)) : slopes.at(k));
    }
    return worst / Math.max(1, y.max());
  }

  private Optional<Vector> blockPivoting(Vector b, int[] guess) {
    boolean[] support = new boolean[size];
    for (int k : guess) {
      support[k] = true;
    }
    int fewest = size + 1;
    int patience = 3;
    for (int round = 0; round < 10 + size; round++) {
      int[] free = indices(support);
      double[] y = new double[size];
      if (free.length > 0) {
        Optional<Vector> solution = q.select(free).solve(b.select(free));
        if (solution.isEmpty()) {
          return Optional.empty();
        }
        for (int i = 0; i < free.length; i++) {
          y[free[i]] = solution.get().at(i);
        }
      }
      boolean[] wrong = new boolean[size];
      int count = 0;
      int last = -1;
      for (int k = 0; k < size; k++) {
        wrong[k] = support[k] ? y[k] <= 0 : slope(b, y, k) > 0;
        if (wrong[k]) {
          count++;
          last = k;
        }
      }
      if (count == 0) {
        return Optional.of(Vector.of(y));
      }
      if (count < fewest) {
        fewest = count;
        patience = 3;
      } else {
        patience--;
      }
      for (int k = 0; k < size; k++) {
        // One at a time, the highest, cannot cycle (Murty 1974).
        support[k] ^= wrong[k] && (patience > 0 || k == last);
      }
    }
    return Optional.empty();
  }

  private Vector activeSet(Vector b) {
    double[] y = new double[size];
    boolean[] support = new boolean[size];
    boolean[] refused = new boolean[size];
    for (int round = 0; round < 10 * (size + 1); round++) {
      int entering = steepest(b, y, support, refused);
      if (entering < 0) {
        break;
      }
      support[entering] = true;
      if (descend(b, y, support, entering)) {
        Arrays.fill(refused, false);
      } else {
        support[entering] = false;
        refused[entering] = true;
      }
    }
    return Vector.of(y);
  }

  /** The index outside the support along which the objective falls fastest, or -1. */
  private int steepest(Vector b, double[] y, boolean[] support, boolean[] refused) {
    int most = -1;
    double steepest = 0;
    for (int k = 0; k < size; k++) {
      double slope = support[k] || refused[k] ? 0 : slope(b, y, k);
      if (slope > steepest) {
        steepest = slope;
        most = k;
      }
    }
    return most;
  }

  /** {@code b_k - (Qy)_k}; 0 where that is no more than rounding. */
  private double slope(Vector b, double[] y, int k) {
    double slope = b.at(k);
    double magnitude = Math.abs(b.at(k));
    for (int j = 0; j < size; j++) {
      double product = values[k * size + j] * y[j];
      slope -= product;
      magnitude += Math.abs(product);
    }
    return Math.abs(slope) > ROUNDING * magnitude ? slope : 0;
  }

  /**
   * Moves to the minimum on the support, leaving it at every border that is met on the way. Answers
   * false, with nothing changed, when rounding alone had made the entering index look useful.
   */
  private boolean descend(Vector b, double[] y, boolean[] support, int entering) {
    boolean moved = false;
    while (true) {
      int[] free = indices(support);
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

  private static int[] indices(boolean[] support) {
    return IntStream.range(0, support.length).filter(k -> support[k]).toArray();
  }
}
