package org.sparkmto.method;

import java.util.Arrays;

/** An immutable square matrix of doubles, one number per ordered pair of tasks. */
public final class Matrix {
  private final int size;
  private final double[] values;

  private Matrix(int size, double[] values) {
    this.size = size;
    this.values = values;
  }

  /**
   * The matrix of these values, row after row.
   *
   * @throws IllegalArgumentException if there are not {@code size * size} values
   */
  public static Matrix of(int size, double... rowMajor) {
    if (rowMajor.length != size * size) {
      throw new IllegalArgumentException(
          rowMajor.length + " values are not a " + size + " x " + size + " matrix");
    }
    return new Matrix(size, rowMajor.clone());
  }

  /** The matrix that holds one value everywhere. */
  public static Matrix filled(int size, double value) {
    double[] values = new double[size * size];
    Arrays.fill(values, value);
    return new Matrix(size, values);
  }

  /** The number of rows, and of columns. */
  public int size() {
    return size;
  }

  /** The value in a row and a column, both from 0. */
  public double at(int row, int column) {
    return values[row * size + column];
  }

  /** Matrix times vector. */
  public Vector times(Vector vector) {
    double[] result = new double[size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        result[i] += at(i, j) * vector.at(j);
      }
    }
    return Vector.of(result);
  }

  /** The rows and columns of these indices, in this order. */
  public Matrix select(int... indices) {
    int n = indices.length;
    double[] result = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        result[i * n + j] = at(indices[i], indices[j]);
      }
    }
    return new Matrix(n, result);
  }

  /** This matrix with {@code part} written at these rows and columns: undoes {@link #select}. */
  public Matrix replaced(int[] indices, Matrix part) {
    double[] result = values.clone();
    for (int i = 0; i < indices.length; i++) {
      for (int j = 0; j < indices.length; j++) {
        result[indices[i] * size + indices[j]] = part.at(i, j);
      }
    }
    return new Matrix(size, result);
  }

  /** A copy of the values, row after row. */
  public double[] toArray() {
    return values.clone();
  }

  /** Equality bit by bit. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Matrix matrix && Arrays.equals(values, matrix.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return size + " x " + size + " " + Arrays.toString(values);
  }
}
