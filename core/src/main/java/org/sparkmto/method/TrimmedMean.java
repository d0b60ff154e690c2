package org.sparkmto.method;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.Option;

/**
 * Trimmed mean: every element of the update is the mean of what the tasks say of it without the
 * largest and the smallest few (Yin et al., "Byzantine-Robust Distributed Learning", ICML 2018,
 * definition 2). A task whose gradient is zero counts with its zeros, one without labels in the
 * batch does not; where so few tasks are left that none would remain, as many are trimmed as leave
 * one or two.
 *
 * @param trim how many of each end; if absent 1, and none of fewer than three tasks
 */
record TrimmedMean(OptionalInt trim) implements ElementMethod {
  private static final String TRIM = "trim";

  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "trimmed-mean",
              "Trimmed mean",
              "Yin et al., ICML 2018, definition 2",
              MethodInput.ELEMENTS)
          .option(
              TRIM,
              Option.count(0),
              "how many of the largest and of the smallest values of an element are left out, less"
                  + " than half of the tasks; if absent 1, or none of fewer than three tasks")
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new TrimmedMean(options.optionalCount(TRIM)));

  @Override
  public void requireTasks(List<String> names) {
    if (trim.isPresent() && 2 * trim.getAsInt() >= names.size()) {
      throw new IllegalArgumentException(
          "option '%s' is %d, which needs %d tasks, the run has %s"
              .formatted(
                  TRIM,
                  trim.getAsInt(),
                  2 * trim.getAsInt() + 1,
                  Counted.of(names.size(), "task")));
    }
  }

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  /**
   * Neighbours are exchanged until the largest values stand last and the smallest first: what is
   * left between is added up as it is, where differences to the sum of all would lose it beside an
   * extreme one.
   */
  @Override
  public <V extends ElementVector<V>> void combine(Elements<V> piece, Vector weights, V into) {
    List<V> rows = new ArrayList<>();
    for (int task = 0; task < piece.tasks(); task++) {
      if (weights.at(task) != 0) {
        rows.add(piece.gradient(task));
      }
    }
    int ends = Math.max(0, Math.min(trim.orElse(1), (rows.size() - 1) / 2));
    for (int done = 0; done < ends; done++) {
      for (int i = done; i + 1 < rows.size() - done; i++) {
        exchange(rows, i);
      }
      for (int i = rows.size() - done - 3; i >= done; i--) {
        exchange(rows, i);
      }
    }
    for (V row : rows.subList(ends, rows.size() - ends)) {
      into.add(1.0 / (rows.size() - 2 * ends), row);
    }
  }

  private static <V extends ElementVector<V>> void exchange(List<V> rows, int i) {
    V first = rows.get(i);
    V second = rows.get(i + 1);
    rows.set(i, first.smaller(second));
    rows.set(i + 1, first.larger(second));
  }
}
