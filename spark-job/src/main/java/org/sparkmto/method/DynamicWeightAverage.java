package org.sparkmto.method;

/**
 * DWA: tasks whose loss fell least over the last two epochs get the largest weights, {@code w = K
 * softmax(r / T)} with {@code r_k = Lbar_k(t-1) / Lbar_k(t-2)} of the losses' averages over epochs
 * (Liu, Johns, Davison, CVPR 2019, eq. 7). {@code r_k = 1} while a task has not been seen in two
 * epochs, or where the older average is not positive.
 *
 * <p>Every task keeps its own epoch, because a task may miss the first batch of one. An average of
 * 0 stands for an epoch that has not been.
 *
 * @param temperature softness T, above 0
 */
record DynamicWeightAverage(double temperature) implements LossMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses("dwa", "Dynamic weight average", "Liu et al., CVPR 2019", Sight.NOTHING)
          .option("temperature", 2.0, "softness of the softmax over the rates of the losses")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new DynamicWeightAverage(options.positive("temperature")));

  private static final String EPOCH = "epoch";
  private static final String SUM = "sum";
  private static final String STEPS = "steps";
  private static final String LAST = "last";
  private static final String BEFORE = "before";

  @Override
  public MethodState initialState(int tasks) {
    Vector zeros = Vector.zeros(tasks);
    return MethodState.empty()
        .withPerTask(EPOCH, zeros)
        .withPerTask(SUM, zeros)
        .withPerTask(STEPS, zeros)
        .withPerTask(LAST, zeros)
        .withPerTask(BEFORE, zeros);
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    int count = tasks.count();
    double[] epoch = tasks.state().perTask(EPOCH).toArray();
    double[] sum = tasks.state().perTask(SUM).toArray();
    double[] steps = tasks.state().perTask(STEPS).toArray();
    double[] last = tasks.state().perTask(LAST).toArray();
    double[] before = tasks.state().perTask(BEFORE).toArray();
    double[] rate = new double[count];
    for (int k = 0; k < count; k++) {
      if (epoch[k] != tasks.epoch()) {
        before[k] = last[k];
        last[k] = steps[k] > 0 ? sum[k] / steps[k] : 0;
        epoch[k] = tasks.epoch();
        sum[k] = 0;
        steps[k] = 0;
      }
      rate[k] = before[k] > 0 && last[k] > 0 ? last[k] / before[k] : 1;
      sum[k] += tasks.losses().at(k);
      steps[k] += 1;
    }
    return TaskWeights.everywhere(Vector.of(rate).dividedBy(temperature).softmax().times(count))
        .withState(
            MethodState.empty()
                .withPerTask(EPOCH, Vector.of(epoch))
                .withPerTask(SUM, Vector.of(sum))
                .withPerTask(STEPS, Vector.of(steps))
                .withPerTask(LAST, Vector.of(last))
                .withPerTask(BEFORE, Vector.of(before)));
  }
}
