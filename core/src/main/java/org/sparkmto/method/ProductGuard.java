package org.sparkmto.method;

import java.util.List;

/** Which tasks the inner products of gradients leave in a step. */
final class ProductGuard {
  private ProductGuard() {}

  /** A task is active if any of its gradients is not zero. */
  static TaskStatus status(List<SymmetricMatrix> products, int task, int tasks) {
    double square = 0;
    for (SymmetricMatrix matrix : products) {
      for (int row = task; row < matrix.size(); row += tasks) {
        square = matrix.at(row, row) < 0 ? Double.NaN : square + matrix.at(row, row);
      }
    }
    if (!Double.isFinite(square) || square < 0) {
      return TaskStatus.NOT_FINITE;
    }
    // Below the smallest normal double the digits of a squared norm are lost: that is zero.
    return square < Double.MIN_NORMAL ? TaskStatus.ZERO_GRADIENT : TaskStatus.ACTIVE;
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
