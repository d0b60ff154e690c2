package org.sparkmto.method;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;

/** An immutable symmetric matrix of doubles, for example the Gram matrix of the task gradients. */
public final class SymmetricMatrix {
  /** Each takes the error down by the condition number in ulps; two do in most cases. */
  private static final int REFINEMENTS = 5;

  private final int size;
  private final double[] values;

  private SymmetricMatrix(int size, double[] values) {
    this.size = size;
    this.values = values;
  }

  /**
   * The symmetric part {@code (A + A') / 2} of the values, given row after row. Sums over ranks may
   * differ in the last bits on both sides of the diagonal; here the difference ends.
   *
   * @throws IllegalArgumentException if there are not {@code size * size} values
   */
  public static SymmetricMatrix of(int size, double... rowMajor) {
    if (rowMajor.length != size * size) {
      throw new IllegalArgumentException(
          rowMajor.length + " values are not a " + size + " x " + size + " matrix");
    }
    double[] values = new double[size * size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        values[i * size + j] = 0.5 * rowMajor[i * size + j] + 0.5 * rowMajor[j * size + i];
      }
    }
    return new SymmetricMatrix(size, values);
  }

  /**
   * The matrix that {@link #triangle} gave, bit by bit.
   *
   * @throws IllegalArgumentException if there are not {@code size * (size + 1) / 2} values
   */
  static SymmetricMatrix ofTriangle(int size, double... lower) {
    if (lower.length != size * (size + 1L) / 2) {
      throw new IllegalArgumentException(
          lower.length + " values are not half of a " + size + " x " + size + " matrix");
    }
    double[] values = new double[size * size];
    int next = 0;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        values[i * size + j] = lower[next];
        values[j * size + i] = lower[next++];
      }
    }
    return new SymmetricMatrix(size, values);
  }

  /** The values on and below the diagonal, row after row. */
  double[] triangle() {
    double[] lower = new double[size * (size + 1) / 2];
    int next = 0;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        lower[next++] = at(i, j);
      }
    }
    return lower;
  }

  /** {@code G G'} of the rows of {@code G}: all inner products of the rows. */
  public static SymmetricMatrix gramOf(double[][] rows) {
    int size = rows.length;
    double[] values = new double[size * size];
    for (int i = 0; i < size; i++) {
      Vector row = Vector.of(rows[i]);
      for (int j = 0; j <= i; j++) {
        values[i * size + j] = row.dot(Vector.of(rows[j]));
        values[j * size + i] = values[i * size + j];
      }
    }
    return new SymmetricMatrix(size, values);
  }

  /** The number of rows, and of columns. */
  public int size() {
    return size;
  }

  /** The value in a row and a column, both from 0. */
  public double at(int row, int column) {
    return values[row * size + column];
  }

  /** A copy of a row, which is also a column. */
  double[] row(int index) {
    return Arrays.copyOfRange(values, index * size, (index + 1) * size);
  }

  /** Adds {@code factor} times a row to {@code sums}. */
  void addRow(int index, double factor, double[] sums) {
    int start = index * size;
    for (int j = 0; j < size; j++) {
      sums[j] += factor * values[start + j];
    }
  }

  /** The diagonal. */
  public Vector diagonal() {
    double[] diagonal = new double[size];
    for (int i = 0; i < size; i++) {
      diagonal[i] = at(i, i);
    }
    return Vector.of(diagonal);
  }

  /** Matrix times vector. */
  public Vector times(Vector vector) {
    double[] result = new double[size];
    for (int i = 0; i < size; i++) {
      double sum = 0;
      for (int j = 0; j < size; j++) {
        sum += values[i * size + j] * vector.at(j);
      }
      result[i] = sum;
    }
    return Vector.of(result);
  }

  /**
   * The largest difference of an entry from another matrix's, in the norms that it is a product of:
   * {@code max_ij |A_ij - B_ij| / sqrt(B_ii B_jj)}.
   *
   * @param exact B, of the same size, with a positive diagonal
   */
  public double distance(SymmetricMatrix exact) {
    double largest = 0;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double norms = Math.sqrt(exact.at(i, i) * exact.at(j, j));
        largest = Math.max(largest, Math.abs(at(i, j) - exact.at(i, j)) / norms);
      }
    }
    return largest;
  }

  /** {@code D A D} with {@code D = diag(scale)}. */
  public SymmetricMatrix scaled(Vector scale) {
    double[] result = new double[values.length];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        result[i * size + j] = scale.at(i) * at(i, j) * scale.at(j);
      }
    }
    return new SymmetricMatrix(size, result);
  }

  /** {@code A + value I}. */
  public SymmetricMatrix plusIdentity(double value) {
    return plusDiagonal(Vector.filled(size, value));
  }

  /** {@code A + diag(v)}. */
  public SymmetricMatrix plusDiagonal(Vector v) {
    double[] result = values.clone();
    for (int i = 0; i < size; i++) {
      result[i * size + i] += v.at(i);
    }
    return new SymmetricMatrix(size, result);
  }

  /** {@code A + v v'}. */
  public SymmetricMatrix plusOuter(Vector v) {
    double[] result = new double[values.length];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        result[i * size + j] = at(i, j) + v.at(i) * v.at(j);
      }
    }
    return new SymmetricMatrix(size, result);
  }

  /** The rows and columns of these indices, in this order. */
  public SymmetricMatrix select(int... indices) {
    int n = indices.length;
    double[] result = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        result[i * n + j] = at(indices[i], indices[j]);
      }
    }
    return new SymmetricMatrix(n, result);
  }

  /**
   * The solution of {@code A x = b} by Cholesky's decomposition; empty when A is not positive
   * definite in double precision.
   */
  public Optional<Vector> solve(Vector b) {
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(size);
    if (!solver.setA(new DMatrixRMaj(size, size, true, values.clone()))) {
      return Optional.empty();
    }
    DMatrixRMaj x = new DMatrixRMaj(size, 1);
    solver.solve(new DMatrixRMaj(size, 1, true, b.toArray()), x);
    Vector solution = Vector.of(x.data);
    return solution.isFinite() ? Optional.of(solution) : Optional.empty();
  }

  /**
   * The shortest of the vectors that come closest to solving {@code A x = b}. Eigenvalues whose
   * magnitude is at most {@code rcond} times the largest count as zero.
   */
  public Vector solve(Vector b, double rcond) {
    Eigen eigen = eigen();
    double cut = rcond * Math.max(Math.abs(eigen.values.max()), Math.abs(eigen.values.min()));
    DoubleUnaryOperator inverse = value -> Math.abs(value) > cut ? 1 / value : 0;
    Vector solution = eigen.mapTimes(inverse, b);
    // Refinement takes back what the rounding of the eigenvectors cost. With residuals of twice the
    // digits (Moler 1967) it ends at the solution for these very numbers, unless the condition is
    // such that they do not say what it is.
    for (int round = 0; round < REFINEMENTS; round++) {
      Vector correction = eigen.mapTimes(inverse, residual(b, solution));
      solution = solution.plus(correction);
      if (correction.map(Math::abs).max() <= Math.ulp(solution.map(Math::abs).max())) {
        break;
      }
    }
    return solution;
  }

  /** {@code b - A x}, every sum in twice the digits of a double (Ogita, Rump, Oishi 2005). */
  private Vector residual(Vector b, Vector x) {
    double[] result = new double[size];
    for (int i = 0; i < size; i++) {
      double sum = b.at(i);
      double lost = 0;
      for (int j = 0; j < size; j++) {
        double product = -at(i, j) * x.at(j);
        double low = Math.fma(-at(i, j), x.at(j), -product);
        double next = sum + product;
        double part = next - sum;
        lost += (sum - (next - part)) + (product - part) + low;
        sum = next;
      }
      result[i] = sum + lost;
    }
    return Vector.of(result);
  }

  /**
   * Eigenvalues and eigenvectors.
   *
   * @throws ArithmeticException if a value is not finite
   */
  public Eigen eigen() {
    if (!Arrays.stream(values).allMatch(Double::isFinite)) {
      throw new ArithmeticException("no eigenvalues: the matrix holds infinite values or NaN");
    }
    return decomposed(0)
        // Where most eigenvalues are 0 but for rounding, the iteration takes their rounding errors
        // for a matrix of its own and may go on for ever. No value is near 0 in A + s I.
        .or(() -> decomposed(size * Vector.of(values).map(Math::abs).max()))
        .orElseThrow(() -> new ArithmeticException("the eigenvalue iteration did not converge"));
  }

  /** The decomposition, by way of that of {@code A + shift I}. */
  private Optional<Eigen> decomposed(double shift) {
    EigenDecomposition_F64<DMatrixRMaj> decomposition =
        DecompositionFactory_DDRM.eig(size, true, true);
    if (!decomposition.decompose(new DMatrixRMaj(size, size, true, plusIdentity(shift).values))) {
      return Optional.empty();
    }
    double[] unordered = new double[size];
    for (int i = 0; i < size; i++) {
      unordered[i] = decomposition.getEigenvalue(i).getReal() - shift;
    }
    int[] order =
        IntStream.range(0, size)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -unordered[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[][] vectors = new double[size][];
    for (int i = 0; i < size; i++) {
      vectors[i] = decomposition.getEigenVector(order[i]).data.clone();
    }
    return Optional.of(new Eigen(Vector.of(unordered).select(order), vectors));
  }

  /** A copy of the values, row after row. */
  public double[] toArray() {
    return values.clone();
  }

  /** Equality bit by bit. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SymmetricMatrix matrix && Arrays.equals(values, matrix.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return size + " x " + size + " " + Arrays.toString(values);
  }

  /** {@code A = sum_i value_i v_i v_i'} with orthonormal {@code v_i}, largest value first. */
  public static final class Eigen {
    private final Vector values;
    private final double[][] vectors;

    private Eigen(Vector values, double[][] vectors) {
      this.values = values;
      this.vectors = vectors;
    }

    /** The eigenvalues, largest first. */
    public Vector values() {
      return values;
    }

    /** The eigenvector of {@code values().at(index)}, of length 1. */
    public Vector vector(int index) {
      return Vector.of(vectors[index]);
    }

    /** {@code sum_i f(value_i) (v_i . b) v_i}: the function of the matrix, times a vector. */
    public Vector mapTimes(DoubleUnaryOperator function, Vector b) {
      double[] result = new double[values.size()];
      for (int k = 0; k < result.length; k++) {
        double[] vector = vectors[k];
        double value = function.applyAsDouble(values.at(k));
        double factor = value == 0 ? 0 : value * b.dot(Vector.of(vector));
        for (int i = 0; i < result.length; i++) {
          result[i] += factor * vector[i];
        }
      }
      return Vector.of(result);
    }

    /** {@code sum_i f(value_i) v_i v_i'}: the function applied to the matrix. */
    public SymmetricMatrix map(DoubleUnaryOperator function) {
      int size = values.size();
      double[] result = new double[size * size];
      for (int k = 0; k < size; k++) {
        double value = function.applyAsDouble(values.at(k));
        if (value == 0) {
          continue;
        }
        for (int i = 0; i < size; i++) {
          for (int j = 0; j < size; j++) {
            result[i * size + j] += value * vectors[k][i] * vectors[k][j];
          }
        }
      }
      return SymmetricMatrix.of(size, result);
    }
  }
}
