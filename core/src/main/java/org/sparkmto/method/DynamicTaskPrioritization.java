package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * DTP: difficult tasks get the largest weights, by the focal loss of a performance indicator,
 * {@code w_k = -(1 - kbar_k)^gamma log kbar_k} with the moving average {@code kbar_k = a k_k + (1 -
 * a) kbar_k} (Guo et al., "Dynamic Task Prioritization for Multitask Learning", ECCV 2018). The
 * paper takes indicators such as an accuracy, measured beside the loss; our reading takes {@code
 * k_k = exp(-L_k)}, which for a cross entropy is the (geometric) mean probability of the true
 * class. {@code kbar} is kept in [1e-6, 1], and starts as the first indicator.
 *
 * @param smoothing {@code a}, the weight of the newest indicator, in (0, 1]
 * @param gamma at least 0; how much easy tasks are neglected
 */
record DynamicTaskPrioritization(double smoothing, double gamma) implements LossMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "dtp",
              "Dynamic task prioritisation",
              "Guo et al., ECCV 2018; our reading: the indicator is exp(-loss)",
              MethodInput.LOSSES)
          .option(
              "smoothing",
              Option.positive(),
              0.9,
              "weight of the newest indicator in its average, up to 1")
          .option(
              "gamma",
              Option.notNegative(),
              1.0,
              "exponent of the focal loss: how much easy tasks are neglected")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new DynamicTaskPrioritization(
                      options.number("smoothing"), options.number("gamma")));

  private static final double SMALLEST = 1e-6;

  /** 0 stands for a task that has not been seen. */
  private static final String INDICATOR = "indicator";

  DynamicTaskPrioritization {
    if (smoothing > 1) {
      throw new IllegalArgumentException(
          "option 'smoothing' must be a number above 0 and up to 1, not '" + smoothing + "'");
    }
  }

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty().withPerTask(INDICATOR, Vector.zeros(tasks));
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    double[] average = tasks.state().perTask(INDICATOR).toArray();
    for (int k = 0; k < average.length; k++) {
      double newest = Math.exp(-tasks.losses().at(k));
      double mean = average[k] == 0 ? newest : smoothing * newest + (1 - smoothing) * average[k];
      average[k] = Math.min(1, Math.max(SMALLEST, mean));
    }
    Vector indicators = Vector.of(average);
    return TaskWeights.everywhere(
            indicators.map(mean -> Math.pow(1 - mean, gamma) * (0.0 - Math.log(mean))))
        .withState(MethodState.empty().withPerTask(INDICATOR, indicators));
  }
}
