package org.sparkmto.network;

import org.sparkmto.data.TaskKind;

/** Which loss a kind of task is trained with. */
final class TaskLosses {
  private static final TaskLoss CROSS_ENTROPY = new CrossEntropy();
  private static final TaskLoss BINARY_CROSS_ENTROPY = new BinaryCrossEntropy();

  private TaskLosses() {}

  /**
   * The loss of a kind.
   *
   * @throws IllegalArgumentException if no network here can learn tasks of this kind yet
   */
  static TaskLoss of(TaskKind kind) {
    return switch (kind) {
      case CLASSIFICATION -> CROSS_ENTROPY;
      case BINARY -> BINARY_CROSS_ENTROPY;
      case MULTI_LABEL, REGRESSION, SEGMENTATION, MASK, DEPTH, NORMALS, VECTORS ->
          throw new IllegalArgumentException(
              "tasks of kind '"
                  + kind.label()
                  + "' cannot be trained by this version; choose others with tasks = [...]");
    };
  }
}
