package org.sparkmto.method;

/**
 * RLW: weights {@code softmax(z)} with {@code z ~ N(0, I)} drawn anew every step (Lin, Ye, Zhang,
 * Tsang, TMLR 2022, "normal"). The weights sum to 1. A task's draw depends on its number in the
 * run, not on which other tasks are active.
 */
record RandomLossWeighting() implements LossMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses("rlw", "Random loss weighting", "Lin et al., TMLR 2022", Sight.NOTHING)
          .is(MethodProperty.NON_NEGATIVE, MethodProperty.RANDOM)
          .madeBy(options -> new RandomLossWeighting());

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    double[] normal = new double[tasks.count()];
    for (int k = 0; k < normal.length; k++) {
      normal[k] = tasks.draws().normal(tasks.taskNumber(k));
    }
    return TaskWeights.everywhere(weights(Vector.of(normal)));
  }

  static Vector weights(Vector normal) {
    return normal.softmax();
  }
}
