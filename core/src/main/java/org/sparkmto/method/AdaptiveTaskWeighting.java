package org.sparkmto.method;

import java.util.Set;
import org.sparkmto.options.Option;

/**
 * ATW, our reading of adaptive task weighting: Gaussian uncertainty weighting times a long-term
 * rate of change, {@code w_k = r_k exp(-s_k) / 2} with {@code r = K softmax(c / T)}, where {@code
 * c_k} is the mean of the last W losses divided by the mean of the W before, of steps before this
 * one; 1 while a task has been seen in fewer than 2 W steps. {@code s} descends {@code sum_k r_k
 * (exp(-s_k) L_k + s_k) / 2} with {@code r} held constant, so it settles where uncertainty
 * weighting does, and {@code r} remains as a factor. The method is that of UMT-Net (Chen et al.,
 * IEEE Transactions on Intelligent Vehicles, 2024), known to us from descriptions: no formula is
 * public.
 *
 * @param temperature softness T of the softmax, above 0
 * @param window steps W, at least 1
 * @param init the first value of every {@code s_k}
 */
record AdaptiveTaskWeighting(double temperature, int window, double init) implements LossMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "atw",
              "Adaptive task weighting",
              "Chen et al., IEEE TIV 2024 (UMT-Net); our reading: uncertainty weighting times rates"
                  + " of change",
              MethodInput.LOSSES)
          .option(
              "temperature",
              Option.positive(),
              2.0,
              "softness of the softmax over the rates of the losses")
          .option(
              "window", Option.count(1), 25, "steps of each of the two averages that make a rate")
          .option(
              "init", Option.number(), 0.0, "first value of the learned s (log of the noise scale)")
          .learns(LearningRule.USUAL)
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new AdaptiveTaskWeighting(
                      options.number("temperature"),
                      options.count("window"),
                      options.number("init")));

  private static final String S = "s";

  @Override
  public MethodState initialState(int tasks) {
    return new LossWindows(window)
        .startedIn(MethodState.empty().withPerTask(S, Vector.filled(tasks, init)), tasks);
  }

  @Override
  public Set<String> learned() {
    return Set.of(S);
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    LossWindows windows = new LossWindows(window);
    Vector seen = windows.seen(tasks.state());
    double[] changes = windows.rates(tasks.state()).toArray();
    for (int k = 0; k < changes.length; k++) {
      changes[k] = seen.at(k) >= 2 * window ? changes[k] : 1;
    }
    Vector rates = Vector.of(changes).dividedBy(temperature).softmax().times(changes.length);
    Vector weights = tasks.state().perTask(S).map(s -> 0.5 * Math.exp(-s)).times(rates);
    return TaskWeights.everywhere(weights)
        .withState(windows.recorded(tasks.state(), tasks.losses()))
        .learning(S, rates.times(0.5).minus(weights.times(tasks.losses())));
  }
}
