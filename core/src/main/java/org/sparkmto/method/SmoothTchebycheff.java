package org.sparkmto.method;

import java.util.List;
import org.sparkmto.options.Option;

/**
 * STCH: descends a smooth maximum of the losses, so that the worst task counts most (Lin et al.,
 * "Smooth Tchebycheff Scalarization for Multi-Objective Optimization", ICML 2024). Two functions go
 * by this name:
 *
 * <ul>
 *   <li>of logarithms, {@code K mu log sum_k exp(y_k / mu)} with {@code y_k = log(L_k / nadir_k)}:
 *       {@code w_k = K softmax(y / mu)_k / L_k}. The first {@code warm-up-epochs} epochs and the
 *       one after them descend {@code sum_k log L_k}; the losses' averages over that one are the
 *       nadir. A task that was not seen in it takes its first loss thereafter. Indifferent to the
 *       scale of the losses.
 *   <li>linear, {@code mu log sum_k exp((L_k - ideal_k) / (K mu))}: {@code w_k = softmax((L -
 *       ideal) / (K mu))_k / K}. No state and no warm-up.
 * </ul>
 *
 * A loss below 1e-8 counts as 1e-8 under a logarithm.
 *
 * @param form which function
 * @param mu how smooth, above 0; towards 0 only the worst task counts
 * @param warmUpEpochs epochs before the one that measures the nadir
 * @param ideal the least losses of the linear form, one per task of the run or one for all (which
 *     moves nothing)
 */
record SmoothTchebycheff(Form form, double mu, int warmUpEpochs, Vector ideal)
    implements LossMethod {

  /** The functions of this name. */
  enum Form {
    /** Of log losses against a measured nadir. */
    LOG,
    /** Of losses against given ideals. */
    LINEAR
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "stch",
              "Smooth Tchebycheff scalarisation",
              "Lin et al., ICML 2024",
              MethodInput.LOSSES)
          .option(
              "form",
              Option.choice(Form.class),
              "log",
              "log: of log losses against a nadir; linear: of the losses")
          .option("mu", Option.positive(), 1.0, "smoothness of the maximum")
          .option(
              "warm-up-epochs",
              Option.count(0),
              4,
              "log form: epochs of log-sum before the nadir is measured")
          .option(
              "ideal",
              Option.allOrPerTask(),
              0.0,
              "linear form: least losses, a list with one per task")
          .remembers()
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.SCALE_INVARIANT,
              MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new SmoothTchebycheff(
                      options.choice("form", Form.class),
                      options.number("mu"),
                      options.count("warm-up-epochs"),
                      PerTask.values(options, "ideal")));

  private static final double SMALLEST_LOSS = 1e-8;
  private static final String SUM = "nadir-sum";
  private static final String STEPS = "nadir-steps";

  @Override
  public void requireTasks(List<String> names) {
    PerTask.requireSizeOrOne("ideal", ideal, names.size());
  }

  @Override
  public MethodState initialState(int tasks) {
    return form == Form.LINEAR
        ? MethodState.empty()
        : MethodState.empty()
            .withPerTask(SUM, Vector.zeros(tasks))
            .withPerTask(STEPS, Vector.zeros(tasks));
  }

  @Override
  public double equalWeight(int tasks) {
    return form == Form.LINEAR ? 1.0 / ((double) tasks * tasks) : 1;
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    return form == Form.LINEAR ? linear(tasks) : logarithmic(tasks);
  }

  private TaskWeights linear(StepView tasks) {
    int count = tasks.count();
    Vector above =
        tasks
            .losses()
            .minus(ideal.size() == 1 ? Vector.filled(count, ideal.at(0)) : tasks.select(ideal));
    return TaskWeights.everywhere(above.dividedBy(count * mu).softmax().dividedBy(count));
  }

  private TaskWeights logarithmic(StepView tasks) {
    int count = tasks.count();
    Vector losses = tasks.losses().map(loss -> Math.max(loss, SMALLEST_LOSS));
    double[] sum = tasks.state().perTask(SUM).toArray();
    double[] steps = tasks.state().perTask(STEPS).toArray();
    for (int k = 0; k < count; k++) {
      if (tasks.epoch() == warmUpEpochs || (tasks.epoch() > warmUpEpochs && steps[k] == 0)) {
        sum[k] += losses.at(k);
        steps[k] += 1;
      }
    }
    Vector inverse = losses.map(loss -> 1 / loss);
    if (tasks.epoch() > warmUpEpochs) {
      Vector nadir = Vector.of(sum).dividedBy(Vector.of(steps));
      Vector logs = losses.dividedBy(nadir).map(Math::log);
      inverse = logs.dividedBy(mu).softmax().times(count).times(inverse);
    }
    return TaskWeights.everywhere(inverse)
        .withState(
            MethodState.empty()
                .withPerTask(SUM, Vector.of(sum))
                .withPerTask(STEPS, Vector.of(steps)));
  }
}
