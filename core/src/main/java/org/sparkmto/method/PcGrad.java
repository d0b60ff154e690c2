package org.sparkmto.method;

import java.util.function.IntFunction;
import org.sparkmto.options.Option;

/**
 * PCGrad: every task gradient loses its component against each other task's gradient that it
 * conflicts with, the others visited in random order; the results are summed (Yu et al., NeurIPS
 * 2020, algorithm 1). Inner products are of the already changed gradient with the other's original
 * one, so all of it can be followed in coefficients: {@code g_i' = sum_j c_ij g_j}. The options are
 * what public implementations do differently.
 *
 * @param self whether a changed gradient that conflicts with its own original is projected, too
 * @param epsilon added to {@code |g_j|^2} where a component is divided by it
 * @param oneOrder whether all tasks visit the others in the same random order
 * @param reduction what becomes of the changed gradients
 */
record PcGrad(boolean self, double epsilon, boolean oneOrder, Reduction reduction)
    implements GramMethod {

  /** How changed gradients become one. */
  enum Reduction {
    /** Their sum, as in the paper. */
    SUM,
    /** Their sum divided by the number of active tasks. */
    MEAN;

    double factor(int tasks) {
      return this == SUM ? 1 : 1.0 / tasks;
    }
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "pcgrad",
              "PCGrad",
              "Yu et al., NeurIPS 2020, algorithm 1",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option("self", Option.flag(), false, "whether a task visits itself, too")
          .option(
              "epsilon",
              Option.notNegative(),
              0.0,
              "added to the squared norm that a component is divided by")
          .option(
              "one-order",
              Option.flag(),
              false,
              "whether all tasks visit the others in one random order")
          .option(
              "reduction",
              Option.choice(Reduction.class),
              "sum",
              "of the changed gradients: sum or mean")
          .is(MethodProperty.NON_NEGATIVE, MethodProperty.RANDOM)
          .madeBy(
              options ->
                  new PcGrad(
                      options.flag("self"),
                      options.number("epsilon"),
                      options.flag("one-order"),
                      options.choice("reduction", Reduction.class)));

  @Override
  public double equalWeight(int tasks) {
    return reduction.factor(tasks);
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    return TaskWeights.shared(
        project(
            tasks.cosines(),
            tasks.norms(),
            i -> tasks.draws().at(oneOrder ? 0 : tasks.taskNumber(i)).permutation(tasks.count())));
  }

  /**
   * The weights for given orders of visit. Coefficients are those of unit gradients, {@code c_ij
   * |g_j| / |g_i|}, so that signs are decided on cosines whatever the norms are.
   *
   * @param orders for every task the order in which tasks are visited; unless {@link #self}, the
   *     task itself is skipped
   */
  Vector project(SymmetricMatrix cosines, Vector norms, IntFunction<int[]> orders) {
    int count = norms.size();
    double[] weights = new double[count];
    for (int i = 0; i < count; i++) {
      double[] c = new double[count];
      double[] products = cosines.row(i); // C c
      c[i] = 1;
      for (int j : orders.apply(i)) {
        if ((j == i && !self) || products[j] >= 0) {
          continue;
        }
        double square = norms.at(j) * norms.at(j);
        double removed = epsilon > 0 ? products[j] * square / (square + epsilon) : products[j];
        c[j] -= removed;
        cosines.addRow(j, -removed, products);
      }
      for (int j = 0; j < count; j++) {
        weights[j] += c[j] * norms.at(i) / norms.at(j);
      }
    }
    return Vector.of(weights).times(reduction.factor(count));
  }
}
