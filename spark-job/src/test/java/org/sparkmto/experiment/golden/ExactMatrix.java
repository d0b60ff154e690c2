package org.sparkmto.experiment.golden;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Linear algebra of a few rows in 100 decimal digits, slow and plain: nothing of it is shared with
 * what it checks.
 */
final class ExactMatrix {
  static final MathContext DIGITS = new MathContext(100);
  static final BigDecimal ONE = BigDecimal.ONE;
  static final BigDecimal ZERO = BigDecimal.ZERO;

  private ExactMatrix() {}

  static BigDecimal[] of(double[] values) {
    return Arrays.stream(values).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
  }

  static BigDecimal[] filled(int size, BigDecimal value) {
    BigDecimal[] filled = new BigDecimal[size];
    Arrays.fill(filled, value);
    return filled;
  }

  static double[] rounded(BigDecimal[] values) {
    return Arrays.stream(values).mapToDouble(BigDecimal::doubleValue).toArray();
  }

  static BigDecimal dot(BigDecimal[] left, BigDecimal[] right) {
    BigDecimal sum = ZERO;
    for (int i = 0; i < left.length; i++) {
      sum = sum.add(left[i].multiply(right[i]), DIGITS);
    }
    return sum;
  }

  static BigDecimal[] times(BigDecimal[][] matrix, BigDecimal[] vector) {
    return Arrays.stream(matrix).map(row -> dot(row, vector)).toArray(BigDecimal[]::new);
  }

  static BigDecimal[][] gram(BigDecimal[][] rows) {
    return Arrays.stream(rows).map(row -> times(rows, row)).toArray(BigDecimal[][]::new);
  }

  /** {@code D A D}. */
  static BigDecimal[][] scaled(BigDecimal[][] matrix, BigDecimal[] by) {
    BigDecimal[][] result = new BigDecimal[by.length][by.length];
    for (int i = 0; i < by.length; i++) {
      for (int j = 0; j < by.length; j++) {
        result[i][j] = matrix[i][j].multiply(by[i]).multiply(by[j], DIGITS);
      }
    }
    return result;
  }

  static BigDecimal[][] select(BigDecimal[][] matrix, int[] indices) {
    return Arrays.stream(indices)
        .mapToObj(i -> select(matrix[i], indices))
        .toArray(BigDecimal[][]::new);
  }

  static BigDecimal[] select(BigDecimal[] vector, int[] indices) {
    return Arrays.stream(indices).mapToObj(i -> vector[i]).toArray(BigDecimal[]::new);
  }

  /** {@code sum_k w_k row_k}. */
  static BigDecimal[] combined(BigDecimal[] weights, BigDecimal[][] rows) {
    BigDecimal[] sum = filled(rows[0].length, ZERO);
    for (int k = 0; k < rows.length; k++) {
      for (int p = 0; p < sum.length; p++) {
        sum[p] = sum[p].add(weights[k].multiply(rows[k][p]), DIGITS);
      }
    }
    return sum;
  }

  /** Gauss' elimination with the largest pivot; null where the matrix is singular. */
  static BigDecimal[] solve(BigDecimal[][] matrix, BigDecimal[] right) {
    int n = right.length;
    BigDecimal[][] a = new BigDecimal[n][];
    for (int i = 0; i < n; i++) {
      a[i] = Arrays.copyOf(matrix[i], n + 1);
      a[i][n] = right[i];
    }
    BigDecimal largest = ZERO;
    for (int column = 0; column < n; column++) {
      int pivot = column;
      for (int i = column + 1; i < n; i++) {
        pivot = a[i][column].abs().compareTo(a[pivot][column].abs()) > 0 ? i : pivot;
      }
      BigDecimal magnitude = a[pivot][column].abs();
      largest = largest.max(magnitude);
      if (magnitude.compareTo(largest.multiply(new BigDecimal("1e-60"))) <= 0) {
        return null;
      }
      BigDecimal[] swapped = a[pivot];
      a[pivot] = a[column];
      a[column] = swapped;
      for (int i = 0; i < n; i++) {
        if (i != column) {
          BigDecimal factor = a[i][column].divide(a[column][column], DIGITS);
          for (int j = column; j <= n; j++) {
            a[i][j] = a[i][j].subtract(factor.multiply(a[column][j]), DIGITS);
          }
        }
      }
    }
    BigDecimal[] x = new BigDecimal[n];
    for (int i = 0; i < n; i++) {
      x[i] = a[i][n].divide(a[i][i], DIGITS);
    }
    return x;
  }

  /** The solution of a problem on a support, or null. */
  interface OnSupport {
    BigDecimal[] solve(int[] support);
  }

  /**
   * The first support whose solution is not negative and, completed by 0, optimal.
   *
   * @param least 0, or 1 where the empty support is none
   */
  static BigDecimal[] firstSupport(
      int tasks, int least, OnSupport candidate, Predicate<BigDecimal[]> optimal) {
    for (int mask = least; mask < 1 << tasks; mask++) {
      int bits = mask;
      int[] support = IntStream.range(0, tasks).filter(k -> (bits >> k & 1) == 1).toArray();
      BigDecimal[] all = filled(tasks, ZERO);
      if (support.length > 0) {
        BigDecimal[] own = candidate.solve(support);
        if (own == null || Arrays.stream(own).anyMatch(value -> value.signum() < 0)) {
          continue;
        }
        for (int i = 0; i < own.length; i++) {
          all[support[i]] = own[i];
        }
      }
      if (optimal.test(all)) {
        return all;
      }
    }
    throw new IllegalStateException("no support is optimal");
  }

  /** Eigenvalues, largest first, and their vectors of length 1, by Jacobi's rotations. */
  @SuppressWarnings("ArrayRecordComponent") // lives for one test
  record Eigen(BigDecimal[] values, BigDecimal[][] vectors) {
    static Eigen of(BigDecimal[][] matrix) {
      int n = matrix.length;
      BigDecimal[][] a =
          Arrays.stream(matrix).map(BigDecimal[]::clone).toArray(BigDecimal[][]::new);
      BigDecimal[][] v = new BigDecimal[n][];
      for (int i = 0; i < n; i++) {
        v[i] = filled(n, ZERO);
        v[i][i] = ONE;
      }
      BigDecimal smallest =
          Arrays.stream(a)
              .flatMap(Arrays::stream)
              .max(Comparator.naturalOrder())
              .get()
              .movePointLeft(90);
      for (int sweep = 0; sweep < 30; sweep++) {
        for (int p = 0; p < n; p++) {
          for (int q = p + 1; q < n; q++) {
            if (a[p][q].abs().compareTo(smallest) > 0) {
              rotate(a, v, p, q);
            }
          }
        }
      }
      Integer[] order = new Integer[n];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, Comparator.comparing((Integer i) -> a[i][i]).reversed());
      return new Eigen(
          Arrays.stream(order).map(i -> a[i][i]).toArray(BigDecimal[]::new),
          Arrays.stream(order).map(i -> v[i]).toArray(BigDecimal[][]::new));
    }

    private static void rotate(BigDecimal[][] a, BigDecimal[][] v, int p, int q) {
      BigDecimal theta =
          a[q][q].subtract(a[p][p]).divide(a[p][q].multiply(BigDecimal.valueOf(2)), DIGITS);
      BigDecimal root = theta.multiply(theta).add(ONE, DIGITS).sqrt(DIGITS);
      BigDecimal t =
          theta.signum() < 0
              ? ONE.negate().divide(root.subtract(theta), DIGITS)
              : ONE.divide(root.add(theta), DIGITS);
      BigDecimal c = ONE.divide(t.multiply(t).add(ONE, DIGITS).sqrt(DIGITS), DIGITS);
      BigDecimal s = t.multiply(c, DIGITS);
      turn(v[p], v[q], c, s);
      turn(a[p], a[q], c, s);
      for (BigDecimal[] row : a) {
        BigDecimal x = row[p];
        row[p] = c.multiply(x).subtract(s.multiply(row[q]), DIGITS);
        row[q] = s.multiply(x).add(c.multiply(row[q]), DIGITS);
      }
      a[p][q] = ZERO;
      a[q][p] = ZERO;
    }

    private static void turn(BigDecimal[] p, BigDecimal[] q, BigDecimal c, BigDecimal s) {
      for (int i = 0; i < p.length; i++) {
        BigDecimal x = p[i];
        p[i] = c.multiply(x).subtract(s.multiply(q[i]), DIGITS);
        q[i] = s.multiply(x).add(c.multiply(q[i]), DIGITS);
      }
    }
  }
}
