package org.sparkmto.method;

import java.util.Arrays;

/**
 * A positive semidefinite matrix Q as the inner products of K vectors of as few elements as its
 * rank has, {@code Q = U U'}: Cholesky's decomposition, the largest pivot first, which ends where
 * only rounding is left.
 */
final class PivotedCholesky {
  private final double[][] rows;
  private final int[] pivots;

  /** The decomposition, without pivots of at most {@code least}. */
  PivotedCholesky(SymmetricMatrix matrix, double least) {
    int size = matrix.size();
    double[][] columns = new double[size][];
    double[] left = matrix.diagonal().toArray();
    int[] order = new int[size];
    int rank = 0;
    for (; rank < size; rank++) {
      int pivot = 0;
      for (int k = 1; k < size; k++) {
        pivot = left[k] > left[pivot] ? k : pivot;
      }
      if (!(left[pivot] > least)) {
        break;
      }
      double root = Math.sqrt(left[pivot]);
      double[] column = matrix.row(pivot);
      for (int j = 0; j < rank; j++) {
        double factor = columns[j][pivot];
        for (int k = 0; k < size; k++) {
          column[k] -= factor * columns[j][k];
        }
      }
      for (int k = 0; k < size; k++) {
        column[k] /= root;
        left[k] -= column[k] * column[k];
      }
      for (int j = 0; j < rank; j++) {
        column[order[j]] = 0;
      }
      column[pivot] = root;
      left[pivot] = 0;
      columns[rank] = column;
      order[rank] = pivot;
    }
    pivots = Arrays.copyOf(order, rank);
    rows = new double[size][rank];
    for (int k = 0; k < size; k++) {
      for (int j = 0; j < rank; j++) {
        rows[k][j] = columns[j][k];
      }
    }
  }

  /** The length of the vectors. */
  int rank() {
    return pivots.length;
  }

  /** The vector of an index; not to be changed. */
  double[] row(int index) {
    return rows[index];
  }

  /** {@code U x}. */
  double[] times(double[] x) {
    double[] products = new double[rows.length];
    for (int k = 0; k < products.length; k++) {
      products[k] = dot(rows[k], x);
    }
    return products;
  }

  /** The c with {@code (U c)_k = b_k} at the indices of the pivots; everywhere if there is one. */
  double[] coordinates(Vector b) {
    double[] c = new double[pivots.length];
    for (int i = 0; i < c.length; i++) {
      double[] row = rows[pivots[i]];
      double sum = b.at(pivots[i]);
      for (int j = 0; j < i; j++) {
        sum -= row[j] * c[j];
      }
      c[i] = sum / row[i];
    }
    return c;
  }

  static double dot(double[] left, double[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += left[i] * right[i];
    }
    return sum;
  }
}
