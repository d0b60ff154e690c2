package org.sparkmto.experiment.golden;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;

/** The gradients of K tasks by P parameters, as rows. */
final class Gradients {
  private final double[][] rows;
  private final SymmetricMatrix gram;

  Gradients(double[][] rows) {
    this.rows = rows;
    this.gram = SymmetricMatrix.gramOf(rows);
  }

  /** All rows of the first, then all of the second, and so on. */
  static Gradients stacked(List<Gradients> parts) {
    return new Gradients(
        parts.stream().flatMap(part -> Arrays.stream(part.rows)).toArray(double[][]::new));
  }

  int tasks() {
    return rows.length;
  }

  int parameters() {
    return rows[0].length;
  }

  double at(int task, int parameter) {
    return rows[task][parameter];
  }

  double[][] rows() {
    return rows;
  }

  /** All inner products. */
  SymmetricMatrix gram() {
    return gram;
  }

  double norm(int task) {
    return Math.sqrt(gram.at(task, task));
  }

  double[] norms() {
    return IntStream.range(0, tasks()).mapToDouble(this::norm).toArray();
  }

  /** The tasks whose gradient is not zero: the others' weights move nothing. */
  int[] moving() {
    return IntStream.range(0, tasks()).filter(k -> gram.at(k, k) >= Double.MIN_NORMAL).toArray();
  }

  boolean hasZero() {
    return moving().length < tasks();
  }

  Gradients of(int[] tasks) {
    return new Gradients(Arrays.stream(tasks).mapToObj(k -> rows[k]).toArray(double[][]::new));
  }

  /** Every row times its factor. */
  Gradients times(double[] factors) {
    double[][] scaled = new double[tasks()][];
    for (int k = 0; k < scaled.length; k++) {
      double factor = factors[k];
      scaled[k] = Arrays.stream(rows[k]).map(value -> value * factor).toArray();
    }
    return new Gradients(scaled);
  }

  /** {@code sum_k weights_k g_k}. */
  double[] combined(double[] weights) {
    double[] sum = new double[parameters()];
    for (int k = 0; k < tasks(); k++) {
      for (int p = 0; p < sum.length; p++) {
        sum[p] += weights[k] * rows[k][p];
      }
    }
    return sum;
  }

  /** The largest {@code sum_k |weights_k g_kp|}: what rounding of {@link #combined} goes with. */
  double magnitude(double[] weights) {
    double largest = 0;
    for (int p = 0; p < parameters(); p++) {
      double sum = 0;
      for (int k = 0; k < tasks(); k++) {
        sum += Math.abs(weights[k] * rows[k][p]);
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  /** {@code g . g_k} for {@code g = sum_k weights_k g_k}. */
  double[] products(double[] weights) {
    return gram.times(Vector.of(weights)).toArray();
  }

  /** {@code |sum_k weights_k g_k|^2}, from the elements: the Gram matrix loses its digits. */
  double square(double[] weights) {
    return Arrays.stream(combined(weights)).map(value -> value * value).sum();
  }

  /** Whether unit gradients are linearly dependent, up to rounding. */
  boolean dependent() {
    double[] inverse = Arrays.stream(norms()).map(norm -> 1 / norm).toArray();
    Vector eigenvalues = times(inverse).gram().eigen().values();
    return eigenvalues.min() <= 1e-10 * eigenvalues.max();
  }
}
