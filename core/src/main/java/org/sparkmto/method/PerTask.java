package org.sparkmto.method;

import java.util.List;
import java.util.Optional;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.Options;

/** Hyper-parameters that hold one value per task of the run. */
final class PerTask {
  private PerTask() {}

  /** One value per task, if the option was given. */
  static Optional<Vector> optional(Options options, String name) {
    return options.optionalNumbers(name).map(PerTask::vector);
  }

  /** One value per task, or one that stands for all. */
  static Vector values(Options options, String name) {
    return vector(options.numbers(name));
  }

  private static Vector vector(List<Double> values) {
    return Vector.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  static void requireSize(String option, Optional<Vector> values, int tasks) {
    if (values.isPresent() && values.get().size() != tasks) {
      throw new IllegalArgumentException(
          "option '%s' holds %s, the run has %s"
              .formatted(
                  option, Counted.of(values.get().size(), "value"), Counted.of(tasks, "task")));
    }
  }

  /** Checks values that stand for every task, or are one that stands for all. */
  static void requireSizeOrOne(String option, Vector values, int tasks) {
    if (values.size() != 1) {
      requireSize(option, Optional.of(values), tasks);
    }
  }
}
