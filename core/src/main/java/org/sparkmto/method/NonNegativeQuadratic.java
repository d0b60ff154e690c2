package org.sparkmto.method;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Minimises {@code y'Qy/2 - b'y} over {@code y >= 0}, exactly, for one positive semidefinite Q with
 * entries of order 1 and any number of b. The same as the linear complementarity problem {@code y
 * >= 0}, {@code Qy >= b}, {@code y'(Qy - b) = 0}.
 *
 * <p>Three algorithms, each with a bound on its work, and each left to the next where its answer
 * misses these conditions:
 *
 * <ol>
 *   <li>Block principal pivoting (Judice and Pires 1994) finds the support in a few solves where Q
 *       is well conditioned on the supports it meets. It is not tried on supports that are larger
 *       than the rank of Q.
 *   <li>The dual method of Goldfarb and Idnani (1983) changes one index of the support at a time,
 *       keeps to linearly independent supports and notices when there is no minimum. A change costs
 *       the size of Q times its rank.
 *   <li>Where rounding keeps that one from ending, block principal pivoting of {@code Q + 1e-11 I}:
 *       it has one minimum, which misses the conditions of Q by 1e-11 of y at most.
 * </ol>
 *
 * <p>Whoever asks judges the answer by its {@link #residual}. Not for use by several threads.
 */
final class NonNegativeQuadratic {
  private static final double ROUNDING = 8 * Math.ulp(1.0);

  /** A solution that misses its conditions by more than what rounding explains is tried anew. */
  private static final double INEXACT = 1e-12;

  /** Slopes below this, in units of the largest of 1 and y, are taken for 0. */
  private static final double FLAT = 1e-14;

  /** A vector whose part outside of a span is shorter than this share of it lies in the span. */
  private static final double DEPENDENT = 1e-9;

  private static final double REGULARISATION = 1e-11;

  /** Of block pivoting; what it does not end in so many it does not end in many more. */
  private static final int ROUNDS = 40;

  /** Of the dual method, for every index. */
  private static final int PIVOTS = 6;

  private final SymmetricMatrix q;
  private final int size;
  private PivotedCholesky factor;
  private long pivots;

  NonNegativeQuadratic(SymmetricMatrix q) {
    this.q = q;
    this.size = q.size();
  }

  /** The minimum; not unique where Q is singular, but Qy is. */
  Vector minimum(Vector b) {
    return minimum(b, IntStream.range(0, size).filter(k -> b.at(k) > 0).toArray());
  }

  /** The minimum, from a guess of the indices at which it is positive. */
  Vector minimum(Vector b, int[] guess) {
    Optional<Vector> pivoted =
        blockPivoting(q, b, guess, factor().rank()).filter(y -> residual(b, y) <= INEXACT);
    if (pivoted.isPresent()) {
      return pivoted.get();
    }
    Vector found = new Dual(b).minimum();
    double miss = residual(b, found);
    if (miss <= INEXACT) {
      return found;
    }
    return regularised(b, guess).filter(y -> residual(b, y) < miss).orElse(found);
  }

  /** What is near the minimum of a problem that has one; empty where that is not found. */
  Optional<Vector> regularised(Vector b, int[] guess) {
    return blockPivoting(q.plusIdentity(REGULARISATION), b, guess, size)
        // Where there is no minimum, there is one now, whose y is as large as 1e11.
        .filter(y -> y.max() < Math.sqrt(1 / REGULARISATION));
  }

  /** How many times an index came into a support or left it, or a block of indices did, so far. */
  long pivots() {
    return pivots;
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

  private PivotedCholesky factor() {
    if (factor == null) {
      factor = new PivotedCholesky(q, size * ROUNDING * q.diagonal().max());
    }
    return factor;
  }

  /**
   * Block pivoting on a matrix, or empty where it does not end.
   *
   * @param largest the size of the largest support that is tried
   */
  private Optional<Vector> blockPivoting(
      SymmetricMatrix matrix, Vector b, int[] guess, int largest) {
    boolean[] support = new boolean[size];
    for (int k : guess) {
      support[k] = true;
    }
    int fewest = size + 1;
    int patience = 3;
    for (int round = 0; round < Math.min(10 + size, ROUNDS); round++) {
      pivots++;
      int[] free = indices(support);
      if (free.length > largest) {
        return Optional.empty();
      }
      double[] y = new double[size];
      if (free.length > 0) {
        Optional<Vector> solution = matrix.select(free).solve(b.select(free));
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
        wrong[k] = support[k] ? y[k] <= 0 : slope(matrix, b, y, k) > 0;
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

  /** {@code b_k - (Qy)_k}; 0 where that is no more than rounding. */
  private double slope(SymmetricMatrix matrix, Vector b, double[] y, int k) {
    double slope = b.at(k);
    double magnitude = Math.abs(b.at(k));
    for (int j = 0; j < size; j++) {
      double product = matrix.at(k, j) * y[j];
      slope -= product;
      magnitude += Math.abs(product);
    }
    return Math.abs(slope) > ROUNDING * magnitude ? slope : 0;
  }

  private static int[] indices(boolean[] support) {
    return IntStream.range(0, support.length).filter(k -> support[k]).toArray();
  }

  /**
   * The dual method: y is always the minimum on its support. It works on vectors u_k with {@code Q
   * = U U'} and on a basis of those of the support, so that supports may be badly conditioned
   * without a loss of digits in Qy. With {@code b = U c + e}, where e is 0 if b is in the range of
   * Q and c is 0 if it is not, the slopes are {@code e + U (c - U'y)}.
   */
  private final class Dual {
    private final double[] c;
    private final double[] e;
    private final SupportBasis support;
    private final double[] y = new double[size];
    private final boolean[] refused = new boolean[size];
    private int left = PIVOTS * (size + 1);

    Dual(Vector b) {
      double[] coordinates = factor().coordinates(b);
      Vector outside = b.minus(Vector.of(factor().times(coordinates)));
      boolean inRange = outside.map(Math::abs).max() <= size * ROUNDING * b.map(Math::abs).max();
      c = inRange ? coordinates : new double[coordinates.length];
      e = inRange ? new double[size] : b.toArray();
      support = new SupportBasis(factor().rank());
    }

    Vector minimum() {
      while (left > 0) {
        int entering = steepest();
        if (entering < 0) {
          break;
        }
        if (enter(entering)) {
          Arrays.fill(refused, false);
          polish();
        } else {
          refused[entering] = true;
        }
      }
      return Vector.of(y);
    }

    /** Slopes below this are rounding. */
    private double flat() {
      double most = 1;
      for (int k : support.indices()) {
        most = Math.max(most, y[k]);
      }
      return FLAT * most;
    }

    /** {@code c - U'y}. */
    private double[] rest() {
      double[] rest = c.clone();
      for (int k = 0; k < size; k++) {
        if (y[k] > 0) {
          double[] row = factor().row(k);
          for (int i = 0; i < rest.length; i++) {
            rest[i] -= y[k] * row[i];
          }
        }
      }
      return rest;
    }

    /** The index outside the support along which the objective falls fastest, or -1. */
    private int steepest() {
      double[] slopes = factor().times(rest());
      for (int k : support.indices()) {
        slopes[k] = Double.NEGATIVE_INFINITY;
      }
      int most = -1;
      double steepest = flat();
      for (int k = 0; k < size; k++) {
        if (!refused[k] && slopes[k] + e[k] > steepest) {
          steepest = slopes[k] + e[k];
          most = k;
        }
      }
      return most;
    }

    /**
     * Raises {@code y_k} until its slope is 0, the slopes of the support staying 0; an index of the
     * support whose y comes to 0 on the way leaves it. u_k may be a combination of those of the
     * support: then the objective falls along a line, until an index leaves. Answers false, with
     * nothing changed, when no index does, so that there is no minimum.
     */
    private boolean enter(int k) {
      boolean moved = false;
      while (left-- > 0) {
        pivots++;
        double slope = e[k] + PivotedCholesky.dot(factor().row(k), rest());
        SupportBasis.Seen seen = support.see(factor().row(k));
        double length = Math.sqrt(q.at(k, k));
        boolean independent = seen.length() > DEPENDENT * length;
        if (slope <= flat() && (y[k] == 0 || independent)) {
          if (y[k] > 0) {
            support.append(k, seen);
          }
          return moved;
        }
        int[] indices = support.indices();
        double[] change = support.combination(seen.coordinates());
        double step =
            independent ? slope / (seen.length() * seen.length()) : Double.POSITIVE_INFINITY;
        int leaving = -1;
        for (int i = 0; i < indices.length; i++) {
          if (change[i] > 0 && y[indices[i]] / change[i] <= step) {
            step = y[indices[i]] / change[i];
            leaving = i;
          }
        }
        if (Double.isInfinite(step)) {
          y[k] = 0;
          return moved;
        }
        for (int i = 0; i < indices.length; i++) {
          y[indices[i]] = Math.max(0, y[indices[i]] - step * change[i]);
        }
        y[k] += step;
        moved = true;
        if (leaving < 0) {
          support.append(k, seen);
          return true;
        }
        y[indices[leaving]] = 0;
        support.remove(leaving);
      }
      return moved;
    }

    /** Takes back the rounding errors of the steps by the minimum on the support. */
    private void polish() {
      int[] indices = support.indices();
      double[] own = new double[indices.length];
      for (int i = 0; i < own.length; i++) {
        own[i] = e[indices[i]];
      }
      double[] t = support.withProducts(own);
      double[] along = support.see(c).coordinates();
      for (int i = 0; i < t.length; i++) {
        t[i] += along[i];
      }
      double[] minimum = support.combination(t);
      if (Vector.of(minimum).min() > 0) {
        for (int i = 0; i < own.length; i++) {
          y[indices[i]] = minimum[i];
        }
      }
    }
  }
}
