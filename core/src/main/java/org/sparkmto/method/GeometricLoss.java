package org.sparkmto.method;

/**
 * GLS: descends the geometric mean {@code GM = (prod_k L_k)^(1/K)}, so {@code w_k = GM / (K L_k)}
 * (Chennupati et al., CVPR workshops 2019). In logarithms, because the product of many losses
 * leaves the range of doubles. Needs positive losses.
 */
record GeometricLoss() implements LossMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "gls",
              "Geometric loss strategy",
              "Chennupati et al., CVPR workshops 2019",
              MethodInput.LOSSES)
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.SCALE_INVARIANT,
              MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new GeometricLoss());

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    int count = tasks.count();
    if (tasks.losses().min() <= 0) {
      return TaskWeights.failed("the geometric mean needs positive losses")
          .withHeads(Vector.filled(count, equalWeight(count)));
    }
    Vector logs = tasks.losses().map(Math::log);
    double logOfMean = logs.mean();
    return TaskWeights.everywhere(logs.map(log -> Math.exp(logOfMean - log) / count));
  }
}
