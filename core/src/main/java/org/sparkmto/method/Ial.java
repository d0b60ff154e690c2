package org.sparkmto.method;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.sparkmto.options.Option;

/**
 * IAL: impartial auxiliary learning (Li et al., "Unprejudiced Training Auxiliary Tasks Makes
 * Primary Better", eq. 3-9). Heads learn the noise of their task, {@code L_k / (2 sigma_k^2) + log
 * sigma_k}; the shared part follows {@code g_p + sum_k f(sigma_k) (|g_p| / |g_k|) g_k}, the
 * gradients of the auxiliary tasks at the length of the primary task's, with {@code f(sigma) =
 * min(1, max(0, 1 - sigma))}. The paper leaves open which map to [0, inf) it puts around {@code 1 -
 * sigma}; this is our reading, by which a task with {@code sigma >= 1} leaves the shared part.
 *
 * <p>The paper starts from task weightings of 0.1, "a small weighting that assumes all tasks are
 * equally unrelated": {@code f(sigma)}, not {@code sigma}, which by our reading starts at 0.9. As
 * in its framework the heads and sigma take their step first, and the shared part follows the new
 * sigma. Sigma learns at a rate of its own, chosen in the paper for each data set.
 *
 * @param primary the task that is served
 * @param init the first {@code f(sigma)} of every task, in [0, 1)
 */
record Ial(PrimaryTask primary, double init) implements GramMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "ial",
              "IAL",
              "Li et al., Unprejudiced Training Auxiliary Tasks Makes Primary Better, eq. 3-9",
              Level.REPRESENTATION,
              Level.PARAMETERS)
          .option(PrimaryTask.OPTION, Option.text(), 0, PrimaryTask.MEANING)
          .option(
              "init",
              Option.fraction(),
              0.1,
              "first weighting f(sigma) of every auxiliary task: the learned noise sigma starts at"
                  + " 1 less this")
          .learns(LearningRule.USUAL)
          .is(MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new Ial(PrimaryTask.of(options), options.number("init")));

  private static final String SIGMA = "sigma";

  /** The optimiser may step over 0, where the objective ends: sigma counts as at least this. */
  private static final double SMALLEST = 1e-3;

  @Override
  public void requireTasks(List<String> names) {
    primary.number(names);
  }

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty().withPerTask(SIGMA, Vector.filled(tasks, 1 - init));
  }

  @Override
  public Set<String> learned() {
    return Set.of(SIGMA);
  }

  @Override
  public boolean learnsFirst() {
    return true;
  }

  @Override
  public boolean weighsSingleTask() {
    return true;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    Vector sigma = tasks.state().perTask(SIGMA).map(value -> Math.max(value, SMALLEST));
    OptionalInt served = primary.in(tasks);
    TaskWeights shared =
        served.isPresent()
            ? TaskWeights.shared(encoder(sigma, tasks.norms(), served.getAsInt()))
            : TaskWeights.failed(PrimaryTask.INACTIVE);
    return shared
        .withHeads(sigma.map(value -> 0.5 / (value * value)))
        .learning(SIGMA, gradient(sigma, tasks.losses()));
  }

  private static Vector encoder(Vector sigma, Vector norms, int served) {
    double length = norms.at(served);
    return sigma
        .map(value -> Math.min(1, Math.max(0, 1 - value)))
        .times(norms.map(norm -> length / norm))
        .replaced(new int[] {served}, Vector.ones(1));
  }

  /**
   * {@code 1 / sigma - L / sigma^3} (the paper's eq. 4 has a misprint); 0 for a loss that is not
   * positive, because there the objective falls without end towards 0.
   */
  private static Vector gradient(Vector sigma, Vector losses) {
    double[] gradient = new double[losses.size()];
    for (int k = 0; k < gradient.length; k++) {
      double s = sigma.at(k);
      gradient[k] = losses.at(k) > 0 ? (1 - losses.at(k) / (s * s)) / s : 0;
    }
    return Vector.of(gradient);
  }
}
