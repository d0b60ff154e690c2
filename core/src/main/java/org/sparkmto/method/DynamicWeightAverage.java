package org.sparkmto.method;

import java.util.OptionalInt;
import org.sparkmto.options.Option;

/**
 * DWA: tasks whose loss fell least get the largest weights, {@code w = K softmax(r / T)} with
 * {@code r_k = Lbar_k(t-1) / Lbar_k(t-2)} of the losses' averages over epochs (Liu, Johns, Davison,
 * CVPR 2019, eq. 7). {@code r_k = 1} while a task has not been seen in two epochs, or where an
 * average is not positive.
 *
 * <p>Every task keeps its own epoch, because a task may miss the first batch of one. An average of
 * 0 stands for an epoch that has not been.
 *
 * <p>With a window W, as public implementations do it: {@code r_k} is the mean of the last W
 * losses, this step's included, divided by the mean of the W before; all weights are 1 in the first
 * W + 1 steps of a task. What lies before a task's first step counts as losses of 1, which shows
 * until it has been seen in 2 W steps. (Those implementations divide the whole sum by K; this one
 * does not, so that both forms have the same scale.)
 *
 * @param temperature softness T, above 0
 * @param window steps of a window, at least 1; absent: the averages are those of epochs
 */
record DynamicWeightAverage(double temperature, OptionalInt window) implements LossMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "dwa", "Dynamic weight average", "Liu et al., CVPR 2019", MethodInput.NOTHING)
          .option(
              "temperature",
              Option.positive(),
              2.0,
              "softness of the softmax over the rates of the losses")
          .option(
              "window",
              Option.count(1),
              "steps per average, this one's losses included; averages of whole epochs if absent")
          .remembers()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new DynamicWeightAverage(
                      options.number("temperature"), options.optionalCount("window")));

  private static final String EPOCH = "epoch";
  private static final String SUM = "sum";
  private static final String STEPS = "steps";
  private static final String LAST = "last";
  private static final String BEFORE = "before";

  @Override
  public MethodState initialState(int tasks) {
    if (window.isPresent()) {
      return new LossWindows(window.getAsInt()).startedIn(MethodState.empty(), tasks);
    }
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
    return window.isPresent() ? byWindows(tasks, window.getAsInt()) : byEpochs(tasks);
  }

  private TaskWeights byWindows(StepView tasks, int length) {
    LossWindows windows = new LossWindows(length);
    Vector earlier = windows.seen(tasks.state());
    MethodState next = windows.recorded(tasks.state(), tasks.losses());
    double[] rates = windows.rates(next).toArray();
    for (int k = 0; k < rates.length; k++) {
      rates[k] = earlier.at(k) > length ? rates[k] : 1;
    }
    return weights(rates).withState(next);
  }

  private TaskWeights byEpochs(StepView tasks) {
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
    return weights(rate)
        .withState(
            MethodState.empty()
                .withPerTask(EPOCH, Vector.of(epoch))
                .withPerTask(SUM, Vector.of(sum))
                .withPerTask(STEPS, Vector.of(steps))
                .withPerTask(LAST, Vector.of(last))
                .withPerTask(BEFORE, Vector.of(before)));
  }

  private TaskWeights weights(double[] rates) {
    return TaskWeights.everywhere(
        Vector.of(rates).dividedBy(temperature).softmax().times(rates.length));
  }
}
