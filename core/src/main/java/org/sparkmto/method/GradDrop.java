package org.sparkmto.method;

import java.util.List;
import org.sparkmto.elementwise.ElementVector;
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

  /**
   * Where all gradients of an element are 0 its sum of magnitudes would divide 0 by 0. The smallest
   * normal float beside it changes no quotient: magnitudes that it could be seen beside are far
   * below what single precision keeps of a gradient.
   */
  @Override
  public <V extends ElementVector<V>> void combine(Elements<V> piece, Vector weights, V into) {
    V sum = piece.gradient(0).zeros();
    V magnitude = piece.gradient(0).zeros();
    for (int task = 0; task < piece.tasks(); task++) {
      sum.add(1, piece.gradient(task));
      magnitude.add(1, piece.gradient(task).magnitudes());
    }
    V positive =
        sum.divide(magnitude.shift(Math.max(epsilon, Float.MIN_NORMAL))).shift(1).scale(0.5);
    // 1 keeps positive contributions, -1 negative ones, 0 neither.
    V kept = positive.add(-1, piece.uniforms()).signs();
    for (int task = 0; task < piece.tasks(); task++) {
      double leaked = leak.at(leak.size() == 1 ? 0 : task);
      V gradient = piece.gradient(task);
      into.addProduct(1 - leaked, gradient.times(kept).positivePart(), kept);
      if (leaked != 0) {
        into.add(leaked, gradient);
      }
    }
  }
}
