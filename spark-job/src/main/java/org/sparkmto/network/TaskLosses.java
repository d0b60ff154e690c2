package org.sparkmto.network;

import org.sparkmto.data.TaskKind;

/** Which loss a kind of task is trained with. */
final class TaskLosses {
  private static final TaskLoss CROSS_ENTROPY = new CrossEntropy();
  private static final TaskLoss BINARY_CROSS_ENTROPY = new BinaryCrossEntropy();

  private TaskLosses() {}

  static TaskLoss of(TaskKind kind) {
    return switch (kind) {
      case CLASSIFICATION -> CROSS_ENTROPY;
      case BINARY -> BINARY_CROSS_ENTROPY;
    };
  }
}
