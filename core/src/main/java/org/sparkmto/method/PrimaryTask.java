package org.sparkmto.method;

import java.util.List;
import java.util.OptionalInt;
import org.sparkmto.naming.Counted;
import org.sparkmto.naming.Nearest;
import org.sparkmto.options.Options;

/**
 * The task that all others serve as auxiliary tasks.
 *
 * @param given its name, or its number from 0 where no task has that name
 */
record PrimaryTask(String given) {
  /** The option's name and meaning, for {@link MethodEntry}. */
  static final String OPTION = "primary";

  static final String MEANING = "the task that the others serve: its name, or its number from 0";

  /** Why a step without it fails. */
  static final String INACTIVE =
      "the primary task has no labels or no gradient in this step, so nothing says how the others"
          + " serve it";

  static PrimaryTask of(Options options) {
    return new PrimaryTask(options.text(OPTION));
  }

  /** Its place among the active tasks of a step; empty if it is not active. */
  OptionalInt in(GradientSystem tasks) {
    return tasks.active(number(tasks.names()));
  }

  /** Its place among the active tasks of a step; empty if it is not active. */
  OptionalInt in(StepView tasks) {
    return tasks.active(number(tasks.names()));
  }

  /**
   * Its number among all tasks.
   *
   * @throws IllegalArgumentException if there is no such task
   */
  int number(List<String> names) {
    int named = names.indexOf(given);
    if (named >= 0) {
      return named;
    }
    try {
      int number = (int) Double.parseDouble(given);
      if (number >= 0 && number < names.size()) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "option 'primary' is '" + given + "', which no task is" + Nearest.hint(given, names), e);
    }
    throw new IllegalArgumentException(
        "option 'primary' is "
            + given
            + ", but the run has "
            + Counted.of(names.size(), "task")
            + ", from 0");
  }
}
