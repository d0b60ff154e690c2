package org.sparkmto.method;

import java.util.Arrays;

/**
 * Orthonormal directions of some linearly independent vectors u_i, and the upper triangular R of
 * their coordinates, {@code u_i = sum_j R_ji d_j}, kept while vectors come and go: a change costs
 * their number times their length. Unlike equations in their inner products these keep all digits
 * of vectors that are nearly dependent.
 */
final class SupportBasis {
  private final int[] indices;
  private final double[][] directions;
  private final double[][] coordinates;
  private int count;

  /** The basis of no vector, for at most {@code most}. */
  SupportBasis(int most) {
    this.indices = new int[most];
    this.directions = new double[most][];
    this.coordinates = new double[most][];
  }

  /**
   * A vector as seen from the basis.
   *
   * @param coordinates along the directions
   * @param rest what is orthogonal to them
   * @param length of the rest
   */
  @SuppressWarnings("ArrayRecordComponent") // lives for one call
  record Seen(double[] coordinates, double[] rest, double length) {}

  /** The indices under which vectors came, in the order in which they did. */
  int[] indices() {
    return Arrays.copyOf(indices, count);
  }

  Seen see(double[] vector) {
    double[] along = new double[count];
    double[] rest = vector.clone();
    // Twice is enough (Giraud, Langou, Rozloznik 2005).
    for (int pass = 0; pass < 2; pass++) {
      for (int j = 0; j < count; j++) {
        double part = PivotedCholesky.dot(directions[j], rest);
        along[j] += part;
        add(rest, -part, directions[j]);
      }
    }
    return new Seen(along, rest, Math.sqrt(PivotedCholesky.dot(rest, rest)));
  }

  /** Takes up a vector whose rest is not 0. */
  void append(int index, Seen vector) {
    double[] column = Arrays.copyOf(vector.coordinates, count + 1);
    column[count] = vector.length;
    double[] direction = vector.rest.clone();
    for (int i = 0; i < direction.length; i++) {
      direction[i] /= vector.length;
    }
    indices[count] = index;
    directions[count] = direction;
    coordinates[count++] = column;
  }

  /** Lets the vector at a place go. */
  void remove(int place) {
    count--;
    for (int j = place; j < count; j++) {
      indices[j] = indices[j + 1];
      coordinates[j] = coordinates[j + 1];
      // It reaches one direction too far: turn two of them.
      double[] column = coordinates[j];
      double length = Math.hypot(column[j], column[j + 1]);
      double cosine = column[j] / length;
      double sine = column[j + 1] / length;
      for (int m = j; m < count; m++) {
        double[] turned = coordinates[m == j ? j : m + 1];
        double x = turned[j];
        turned[j] = cosine * x + sine * turned[j + 1];
        turned[j + 1] = cosine * turned[j + 1] - sine * x;
      }
      double[] first = directions[j];
      double[] second = directions[j + 1];
      for (int i = 0; i < first.length; i++) {
        double x = first[i];
        first[i] = cosine * x + sine * second[i];
        second[i] = cosine * second[i] - sine * x;
      }
      coordinates[j] = Arrays.copyOf(column, j + 1);
    }
  }

  /** The y with {@code sum_i y_i u_i = sum_j t_j d_j}. */
  double[] combination(double[] t) {
    double[] y = t.clone();
    for (int i = count - 1; i >= 0; i--) {
      y[i] /= coordinates[i][i];
      for (int j = 0; j < i; j++) {
        y[j] -= coordinates[i][j] * y[i];
      }
    }
    return y;
  }

  /** The t for which {@code sum_j t_j d_j} has the product {@code products_i} with every u_i. */
  double[] withProducts(double[] products) {
    double[] t = new double[count];
    for (int i = 0; i < count; i++) {
      double sum = products[i];
      for (int j = 0; j < i; j++) {
        sum -= coordinates[i][j] * t[j];
      }
      t[i] = sum / coordinates[i][i];
    }
    return t;
  }

  private static void add(double[] to, double factor, double[] vector) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * vector[i];
    }
  }
}
