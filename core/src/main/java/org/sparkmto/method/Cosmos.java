package org.sparkmto.method;

import java.util.List;
import java.util.Optional;
import org.sparkmto.options.Option;

/**
 * COSMOS: one network for all preferences (Ruchte and Grabocka, "Scalable Pareto Front
 * Approximation for Deep Multi-Objective Learning", ICDM 2021, algorithm 1). For every step a
 * preference {@code r} is drawn, which the network gets as a further input; the step descends
 * {@code r . L - penalty cos(r, L)}. The weights are the derivatives by the losses, {@code r_k -
 * penalty (r_k / (|r| |L|) - cos(r, L) L_k / |L|^2)}; one is negative where the cosine grows with
 * the task's loss by more than the sum is to fall with it.
 *
 * <p>The two terms pull apart: the sum gives the task with the largest share the smallest loss, the
 * cosine the largest one. With {@link Along#INVERSE}, which is ours, the cosine is that of the
 * losses and of {@code 1 / r}, so that both want the same: equal products {@code r_k L_k}, as the
 * exact Pareto search of Mahapatra and Rajan (ICML 2020) defines what obeys a preference.
 *
 * <p>Without a penalty it is a weighted sum with drawn weights on a network that knows them: the
 * loss of PHN-LS (Navon et al., ICLR 2021), whose network is another.
 *
 * @param penalty weight of the cosine, lambda in the paper
 * @param preference what is drawn in training, and asked for afterwards
 * @param along what the losses are to lie along
 */
record Cosmos(double penalty, DrawnPreference preference, Along along) implements LossMethod {
  private static final String ALPHA = "alpha";
  private static final String PREFERENCES = "preferences";

  /** What the losses are to lie along. */
  enum Along {
    /** The preference, as paper and code have it. */
    PREFERENCE,
    /** Its inverse, task by task. */
    INVERSE
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofLosses("cosmos", "COSMOS", "Ruchte and Grabocka, ICDM 2021", MethodInput.LOSSES)
          .option(
              "penalty",
              Option.notNegative(),
              2.0,
              "weight of the cosine between losses and preference, lambda in the paper; its code"
                  + " has 0.01 to 8, by data set")
          .option(
              ALPHA,
              Option.allOrPerTask(),
              1.2,
              "of the Dirichlet distribution that preferences are drawn of, above zero; a number,"
                  + " or one a task")
          .option(
              PREFERENCES,
              Option.perTask(),
              "what the network is asked for when it is judged and used, and nobody says otherwise;"
                  + " equal if absent; training does not see it")
          .option(
              "along",
              Option.choice(Along.class),
              "preference",
              "what losses are to lie along: preference, as in the paper, where the cosine wants a"
                  + " large loss of a task with a large share; or inverse, where it wants a small"
                  + " one, as the weighted sum does")
          .is(MethodProperty.RANDOM)
          .madeBy(
              options ->
                  new Cosmos(
                      options.number("penalty"),
                      new DrawnPreference(
                          PerTask.values(options, ALPHA), PerTask.optional(options, PREFERENCES)),
                      options.choice("along", Along.class)));

  @Override
  public void requireTasks(List<String> names) {
    PerTask.requireSizeOrOne(ALPHA, preference.concentration(), names.size());
    PerTask.requireSize(PREFERENCES, preference.asked(), names.size());
  }

  @Override
  public Optional<DrawnPreference> drawnPreference() {
    return Optional.of(preference);
  }

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  /** Tasks without labels leave both vectors; their shares are of no task then. */
  @Override
  public TaskWeights weigh(StepView tasks) {
    Vector wish = tasks.select(preference.at(tasks.draws(), tasks.names().size()));
    return TaskWeights.everywhere(weights(wish, tasks.losses()));
  }

  /** The derivatives by the losses. */
  Vector weights(Vector wish, Vector losses) {
    Vector wanted = along == Along.PREFERENCE ? wish : inverse(wish);
    double length = Math.sqrt(losses.dot(losses));
    if (wanted.max() == 0 || length == 0) {
      return wish; // there is no angle, and nothing by which it could change
    }
    Vector direction = losses.dividedBy(length);
    Vector line = wanted.dividedBy(Math.sqrt(wanted.dot(wanted)));
    Vector ofCosine = line.minus(direction.times(line.dot(direction))).dividedBy(length);
    return wish.minus(ofCosine.times(penalty));
  }

  /** A multiple of the inverse, which of a share of 0 keeps that task alone. */
  private static Vector inverse(Vector wish) {
    double least = wish.min();
    return wish.map(share -> share == least ? 1 : least / share);
  }
}
