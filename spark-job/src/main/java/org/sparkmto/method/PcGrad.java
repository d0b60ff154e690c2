package org.sparkmto.method;

import java.util.function.IntFunction;

/**
 * PCGrad: every task gradient loses its component against each other task's gradient that it
 * conflicts with, the others visited in random order; the results are summed (Yu et al., NeurIPS
 * 2020, algorithm 1). Inner products are of the already changed gradient with the other's original
 * one, so all of it can be followed in coefficients: {@code g_i' = sum_j c_ij g_j}.
 */
record PcGrad() implements GramMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "pcgrad",
              "PCGrad",
              "Yu et al., NeurIPS 2020, algorithm 1",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .is(MethodProperty.NON_NEGATIVE, MethodProperty.RANDOM)
          .madeBy(options -> new PcGrad());

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    return TaskWeights.shared(
        project(
            tasks.cosines(),
            tasks.norms(),
            i -> tasks.draws().at(tasks.taskNumber(i)).permutation(tasks.count())));
  }

  /**
   * The weights for given orders of visit. Coefficients are those of unit gradients, {@code c_ij
   * |g_j| / |g_i|}, so that signs are decided on cosines whatever the norms are.
   *
   * @param orders for every task the order in which tasks are visited; the task itself is skipped
   */
  static Vector project(SymmetricMatrix cosines, Vector norms, IntFunction<int[]> orders) {
    int count = norms.size();
    Vector weights = Vector.zeros(count);
    for (int i = 0; i < count; i++) {
      double[] c = new double[count];
      c[i] = 1;
      for (int j : orders.apply(i)) {
        double product = 0;
        for (int k = 0; k < count; k++) {
          product += cosines.at(j, k) * c[k];
        }
        if (j != i && product < 0) {
          c[j] -= product;
        }
      }
      weights = weights.plus(Vector.of(c).times(norms.at(i)).dividedBy(norms));
    }
    return weights;
  }
}
