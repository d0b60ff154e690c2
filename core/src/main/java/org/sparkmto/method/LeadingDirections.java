package org.sparkmto.method;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The task gradients at the representation z, taken apart into orthogonal directions.
 *
 * <p>A task's gradient of the shared parameters is {@code g_k = J' d_k} with {@code d_k} its
 * gradient at z, so the K gradients lie in what J' makes of the span of the {@code d_k}. With
 * {@code e_k = d_k / |d_k|} and the eigenvectors {@code u_j} of their Gram matrix {@code C}, the
 * directions {@code q_j = sum_k u_jk e_k} are orthogonal, the leading ones the longest, and {@code
 * e_k = sum_j u_jk q_j}. From the inner products of {@code J' q_1 .. J' q_r} follow those of the
 * task gradients: all of them where r is the rank of C, and else those of the part that the
 * directions span. What is left of C is taken to be lengthened by J' as much as the directions are
 * on the whole, and in no direction more than in another; with r = 0 that would be z's own Gram
 * matrix. Gradients are compared at length 1, so that a task with small gradients is seen as well
 * as one with large ones.
 */
public final class LeadingDirections {
  private final Vector lengths;
  private final int[] present;
  private final SymmetricMatrix cosines;
  private final SymmetricMatrix.Eigen eigen;
  private final int count;

  /**
   * How many directions are wanted.
   *
   * @param most that many at most
   * @param share so many that they have this share of the squared lengths of all
   */
  public record Limit(int most, double share) {
    /** As many as there are. */
    public static final Limit ALL = new Limit(Integer.MAX_VALUE, 1);

    /**
     * What is written as a number of directions, 8, or as a share, 90%.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Limit parse(String text) {
      boolean percent = text.endsWith("%");
      double number;
      try {
        number = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + text + "' is no number", e);
      }
      if (percent ? number > 0 && number <= 100 : number >= 1 && number == (int) number) {
        return percent ? new Limit(Integer.MAX_VALUE, number / 100) : new Limit((int) number, 1);
      }
      throw new IllegalArgumentException(
          "'" + text + "' is neither a number of directions nor a share up to 100%");
    }

    @Override
    public String toString() {
      return most < Integer.MAX_VALUE
          ? Integer.toString(most)
          : String.format(Locale.ROOT, "%.10g", 100 * share).replaceAll("\\.?0*$", "") + "%";
    }

    private int of(Vector values) {
      double all =
          IntStream.range(0, values.size())
              .mapToDouble(values::at)
              .map(LeadingDirections::atLeastZero)
              .sum();
      double seen = 0;
      int count = 0;
      while (count < Math.min(most, values.size()) && (share == 1 || seen < share * all)) {
        seen += atLeastZero(values.at(count));
        count++;
      }
      return count;
    }
  }

  private LeadingDirections(Vector lengths, int[] present, SymmetricMatrix cosines, Limit limit) {
    this.lengths = lengths;
    this.present = present;
    this.cosines = cosines;
    this.eigen = cosines.eigen();
    this.count = limit.of(eigen.values());
  }

  /**
   * The leading directions of gradients at z.
   *
   * @param gram their inner products, one row per task, finite; a task of length 0 is left out
   * @throws ArithmeticException if a product is not finite
   */
  public static LeadingDirections of(SymmetricMatrix gram, Limit limit) {
    Vector lengths = gram.diagonal().map(Math::sqrt);
    int[] present =
        IntStream.range(0, gram.size())
            .filter(task -> gram.at(task, task) >= ProductGuard.floor(0))
            .toArray();
    SymmetricMatrix cosines =
        gram.select(present).scaled(lengths.select(present).map(length -> 1 / length));
    return new LeadingDirections(lengths, present, cosines, limit);
  }

  private static double atLeastZero(double eigenvalue) {
    return Math.max(0, eigenvalue);
  }

  /** How many directions these are. */
  public int count() {
    return count;
  }

  /** A direction as a weighted sum of the {@code d_k}, with a weight for every task. */
  public Vector weights(int direction) {
    return Vector.zeros(lengths.size())
        .replaced(present, eigen.vector(direction).dividedBy(lengths.select(present)));
  }

  /** The share of the squared lengths of the {@code e_k} that the directions do not have. */
  public double unseen() {
    double all = 0;
    double seen = 0;
    for (int j = 0; j < eigen.values().size(); j++) {
      all += atLeastZero(eigen.values().at(j));
      seen += j < count ? atLeastZero(eigen.values().at(j)) : 0;
    }
    return all == 0 ? 0 : 1 - seen / all;
  }

  /**
   * The inner products of the task gradients.
   *
   * @param ofDirections the inner products of what the backward pass has made of the directions
   * @throws IllegalArgumentException if they are of another number of directions
   */
  public SymmetricMatrix gram(SymmetricMatrix ofDirections) {
    if (ofDirections.size() != count) {
      throw new IllegalArgumentException(
          "inner products of " + ofDirections.size() + " directions, there are " + count);
    }
    int tasks = present.length;
    double seen = 0;
    for (int j = 0; j < count; j++) {
      seen += atLeastZero(eigen.values().at(j));
    }
    double gain = seen == 0 ? 1 : ofDirections.diagonal().sum() / seen;
    List<Vector> directions = IntStream.range(0, count).mapToObj(eigen::vector).toList();
    double[] products = new double[tasks * tasks];
    for (int a = 0; a < tasks; a++) {
      int task = a;
      Vector ofTask = Vector.of(directions.stream().mapToDouble(u -> u.at(task)).toArray());
      Vector toDirections = ofDirections.times(ofTask);
      for (int b = 0; b < tasks; b++) {
        double left = cosines.at(a, b);
        double sum = 0;
        for (int j = 0; j < count; j++) {
          double ofOther = directions.get(j).at(b);
          left -= ofTask.at(j) * atLeastZero(eigen.values().at(j)) * ofOther;
          sum += toDirections.at(j) * ofOther;
        }
        products[a * tasks + b] = sum + (count < tasks ? gain * left : 0);
      }
    }
    SymmetricMatrix known = SymmetricMatrix.of(tasks, products).scaled(lengths.select(present));
    return SymmetricMatrix.of(
        lengths.size(),
        Matrix.filled(lengths.size(), 0)
            .replaced(present, Matrix.of(tasks, known.toArray()))
            .toArray());
  }
}
