package org.sparkmto.method;

import java.util.List;

/** Which tasks the inner products of gradients leave in a step. */
final class ProductGuard {
  /**
   * The square of 2^-96, about 1e-29. Gradients are computed in float32, whose normal numbers end
   * at 2^-126: beside a gradient of length 1, the elements of one of 2^-96 lie so near to that end
   * that underflow has taken their digits. A method that makes gradients equally long would lift
   * what is left by a weight of 1e29 and more. Losses in other units do not differ so much: 24
   * decades of lengths stay in, and scales do not matter to methods that claim so.
   */
  private static final double NEGLIGIBLE = 0x1p-192;

  private ProductGuard() {}

  /** Below it, a squared norm is none beside the largest one. */
  static double floor(double largestSquare) {
    // Below the smallest normal double the digits of a squared norm are lost.
    return Math.max(Double.MIN_NORMAL, NEGLIGIBLE * largestSquare);
  }

  /** A task is active if any of its gradients is not zero. */
  static TaskStatus status(List<SymmetricMatrix> products, int task, int tasks) {
    double square = square(products, task, tasks);
    if (!Double.isFinite(square) || square < 0) {
      return TaskStatus.NOT_FINITE;
    }
    return square < floor(0) ? TaskStatus.ZERO_GRADIENT : TaskStatus.ACTIVE;
  }

  /** All squared norms of a task together; not a number if one is negative. */
  private static double square(List<SymmetricMatrix> products, int task, int tasks) {
    double square = 0;
    for (SymmetricMatrix matrix : products) {
      for (int row = task; row < matrix.size(); row += tasks) {
        square = matrix.at(row, row) < 0 ? Double.NaN : square + matrix.at(row, row);
      }
    }
    return square;
  }

  /** Active tasks whose gradients are negligible beside the largest one count as zero. */
  static void dropNegligible(List<SymmetricMatrix> products, TaskStatus[] status) {
    double[] squares = new double[status.length];
    double largest = 0;
    for (int task = 0; task < status.length; task++) {
      if (status[task] == TaskStatus.ACTIVE) {
        squares[task] = square(products, task, status.length);
        largest = Math.max(largest, squares[task]);
      }
    }
    for (int task = 0; task < status.length; task++) {
      if (status[task] == TaskStatus.ACTIVE && squares[task] < floor(largest)) {
        status[task] = TaskStatus.ZERO_GRADIENT;
      }
    }
  }

  /** Takes out active tasks with a product that is not finite with another active one. */
  static void dropPairsNotFinite(SymmetricMatrix matrix, TaskStatus[] status) {
    TaskStatus[] before = status.clone();
    int tasks = status.length;
    for (int i = 0; i < matrix.size(); i++) {
      for (int j = 0; j < matrix.size(); j++) {
        if (before[i % tasks] == TaskStatus.ACTIVE
            && before[j % tasks] == TaskStatus.ACTIVE
            && !Double.isFinite(matrix.at(i, j))) {
          status[i % tasks] = TaskStatus.NOT_FINITE;
        }
      }
    }
  }
}
