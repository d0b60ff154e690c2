package org.sparkmto.method;

import java.util.List;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.Option;

/**
 * GradDrop: every element of the update takes either its positive or its negative contributions
 * (Chen et al., NeurIPS 2020, algorithm 1). With {@code P = (1 + sum_k g_k / sum_k |g_k|) / 2} and
 * one draw U for all tasks, the positive ones stay where {@code P > U}, the negative ones where
 * {@code P < U}; a task leaks the share {@code leak_k} of what it would lose. Draws belong to the
 * element, so the result is the same under any slicing.
 *
 * @param leak one share for all tasks, or one for each, in [0, 1]
 * @param epsilon added to {@code sum_k |g_k|}; where that sum is 0 the result is 0 in any case
 */
record GradDrop(Vector leak, double epsilon) implements ElementMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "graddrop",
              "GradDrop",
              "Chen et al., NeurIPS 2020, algorithm 1",
              MethodInput.ELEMENTS)
          .option(
              "leak",
              Option.allOrPerTask(),
              0.0,
              "share of a dropped contribution that stays; a number or one a task")
          .option(
              "epsilon",
              Option.notNegative(),
              0.0,
              "added to the sum of magnitudes; some codes have 1e-8")
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.RANDOM)
          .madeBy(
              options -> new GradDrop(PerTask.values(options, "leak"), options.number("epsilon")));

  GradDrop {
    if (leak.min() < 0 || leak.max() > 1) {
      throw new IllegalArgumentException("option 'leak' must be from 0 to 1, not " + leak);
    }
  }

  @Override
  public void requireTasks(List<String> names) {
    if (leak.size() != 1 && leak.size() != names.size()) {
      throw new IllegalArgumentException(
          "option 'leak' holds %d values, the run has %s"
              .formatted(leak.size(), Counted.of(names.size(), "task")));
    }
  }

  @Override
  public void combine(Elements piece, Vector weights, double[] into) {
    int tasks = piece.tasks();
    double[] sum = new double[into.length];
    double[] magnitude = new double[into.length];
    for (int task = 0; task < tasks; task++) {
      double[] gradient = piece.gradient(task);
      for (int i = 0; i < into.length; i++) {
        sum[i] += gradient[i];
        magnitude[i] += Math.abs(gradient[i]);
      }
    }
    for (int i = 0; i < into.length; i++) {
      double positive = magnitude[i] == 0 ? 0.5 : 0.5 * (1 + sum[i] / (magnitude[i] + epsilon));
      double uniform = piece.uniform(i);
      // Reused: 1 keeps positive contributions, -1 negative ones, 0 neither.
      sum[i] = Double.compare(positive, uniform);
      into[i] = 0;
    }
    for (int task = 0; task < tasks; task++) {
      double[] gradient = piece.gradient(task);
      double leaked = leak.at(leak.size() == 1 ? 0 : task);
      for (int i = 0; i < into.length; i++) {
        into[i] += gradient[i] * sum[i] > 0 ? gradient[i] : leaked * gradient[i];
      }
    }
  }
}
