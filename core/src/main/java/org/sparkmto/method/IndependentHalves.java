package org.sparkmto.method;

/**
 * Inner products of task gradients from two independent halves of some samples. The square of a
 * gradient of few samples is longer than that of all by its own variance; a product of one half's
 * gradient and the other's is not: its mean is what all samples have. Being no square, it may be
 * negative where it must not: what comes of all of them is the nearest matrix of products that
 * there can be, measured in the lengths of the halves' gradients.
 */
public final class IndependentHalves {
  /** Of the square of its halves, what a task keeps whatever their product is. */
  private static final double LEAST = 0.01;

  private IndependentHalves() {}

  /**
   * The inner products.
   *
   * <p>A task with labels in one half alone has the products of that half's gradient, its own
   * square among them. Of one without any label in both halves nothing is known: it counts as one
   * with a gradient of middling length that is orthogonal to all.
   *
   * @param gram of the gradients of all tasks over one half, then of all tasks over the other;
   *     where one is not finite, the products are as they are
   * @param first labels of the tasks in the first half
   * @param second labels of the tasks in the second half
   */
  public static SymmetricMatrix products(SymmetricMatrix gram, Vector first, Vector second) {
    int tasks = first.size();
    int[] inFirst = new int[tasks];
    int[] inSecond = new int[tasks];
    double[] squares = new double[tasks];
    double known = 0;
    int some = 0;
    for (int task = 0; task < tasks; task++) {
      inFirst[task] = first.at(task) > 0 ? task : tasks + task;
      inSecond[task] = second.at(task) > 0 ? tasks + task : task;
      squares[task] =
          (gram.at(inFirst[task], inFirst[task]) + gram.at(inSecond[task], inSecond[task])) / 2;
      if (first.at(task) > 0 || second.at(task) > 0) {
        known += squares[task];
        some++;
      }
    }
    double[] products = new double[tasks * tasks];
    for (int a = 0; a < tasks; a++) {
      for (int b = 0; b < tasks; b++) {
        products[a * tasks + b] =
            (gram.at(inFirst[a], inSecond[b]) + gram.at(inFirst[b], inSecond[a])) / 2;
      }
    }
    for (int task = 0; task < tasks; task++) {
      if (!(first.at(task) > 0 || second.at(task) > 0)) {
        squares[task] = some == 0 ? 0 : known / some;
        products[task * tasks + task] = squares[task];
      }
    }
    SymmetricMatrix found = SymmetricMatrix.of(tasks, products);
    return Vector.of(gram.toArray()).isFinite() ? possible(found, Vector.of(squares)) : found;
  }

  /** The nearest matrix that has no negative eigenvalue, each task measured by its square. */
  private static SymmetricMatrix possible(SymmetricMatrix products, Vector squares) {
    Vector lengths = squares.map(Math::sqrt);
    SymmetricMatrix scaled = products.scaled(lengths.map(length -> length == 0 ? 0 : 1 / length));
    SymmetricMatrix nearest = scaled.eigen().map(value -> Math.max(0, value));
    return nearest
        .plusDiagonal(nearest.diagonal().map(own -> Math.max(0, LEAST - own)))
        .scaled(lengths);
  }
}
