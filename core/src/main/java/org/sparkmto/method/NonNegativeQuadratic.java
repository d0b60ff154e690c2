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
 * well conditioned on the supports it meets. Where it is not, or rounding makes it cycle, the dual
 * method of Goldfarb and Idnani (1983) takes over, which needs more solves, is finite, keeps to
 * well conditioned supports and notices when there is no minimum.
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
      if (enter(b, y, support, entering)) {
        Arrays.fill(refused, false);
        polish(b, y, support);
      } else {
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
   * Raises {@code y_k} until its slope is 0, the slopes of the support staying 0; an index of the
   * support whose y comes to 0 on the way leaves it. Row k may be a combination of those of the
   * support: then the objective falls along a line, until an index leaves. Answers false, with
   * nothing changed, when no index does, so that there is no minimum.
   */
  private boolean enter(Vector b, double[] y, boolean[] support, int k) {
    boolean moved = false;
    while (true) {
      double slope = slope(b, y, k);
      if (slope <= 0) {
        support[k] = y[k] > 0;
        return moved;
      }
      int[] free = indices(support);
      Vector column = Vector.of(q.row(k)).select(free);
      Optional<Vector> solution =
          free.length == 0 ? Optional.of(column) : q.select(free).solve(column);
      if (solution.isEmpty()) {
        return moved;
      }
      Vector change = solution.get();
      double curvature = q.at(k, k) - column.dot(change);
      double magnitude = q.at(k, k) + column.times(change).map(Math::abs).sum();
      double step =
          curvature > size * ROUNDING * magnitude ? slope / curvature : Double.POSITIVE_INFINITY;
      int leaving = -1;
      for (int i = 0; i < free.length; i++) {
        if (change.at(i) > 0 && y[free[i]] / change.at(i) <= step) {
          step = y[free[i]] / change.at(i);
          leaving = free[i];
        }
      }
      if (Double.isInfinite(step)) {
        return moved;
      }
      for (int i = 0; i < free.length; i++) {
        y[free[i]] = Math.max(0, y[free[i]] - step * change.at(i));
      }
      y[k] += step;
      moved = true;
      if (leaving < 0) {
        support[k] = true;
        return true;
      }
      y[leaving] = 0;
      support[leaving] = false;
    }
  }

  /** Takes back the rounding errors of the steps by the minimum on the support. */
  private void polish(Vector b, double[] y, boolean[] support) {
    int[] free = indices(support);
    if (free.length == 0) {
      return;
    }
    q.select(free)
        .solve(b.select(free))
        .filter(minimum -> minimum.min() > 0)
        .ifPresent(
            minimum -> {
              for (int i = 0; i < free.length; i++) {
                y[free[i]] = minimum.at(i);
              }
            });
  }

  private static int[] indices(boolean[] support) {
    return IntStream.range(0, support.length).filter(k -> support[k]).toArray();
  }
}
