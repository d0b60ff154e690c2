package org.sparkmto.method;

import java.util.Optional;

/** Checks of hyper-parameters that hold one value per task of the run. */
final class PerTask {
  private PerTask() {}

  static void requireSize(String option, Optional<Vector> values, int tasks) {
    if (values.isPresent() && values.get().size() != tasks) {
      throw new IllegalArgumentException(
          "option '%s' holds %d values, the run has %d tasks"
              .formatted(option, values.get().size(), tasks));
    }
  }

  /** Checks values that stand for every task, or are one that stands for all. */
  static void requireSizeOrOne(String option, Vector values, int tasks) {
    if (values.size() != 1) {
      requireSize(option, Optional.of(values), tasks);
    }
  }
}
