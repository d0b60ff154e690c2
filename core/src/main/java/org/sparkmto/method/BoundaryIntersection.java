package org.sparkmto.method;

import java.util.List;
import java.util.Optional;
import org.sparkmto.options.Option;

/**
 * Penalty-based boundary intersection: how far the losses lie along a preferred direction, plus a
 * penalty for lying beside it (Zhang and Li, "MOEA/D", IEEE TEVC 2007, section III-C). With {@code
 * f = L - ideal}, {@code d} the preferences scaled to length 1 and {@code p = f - (f . d) d} it is
 * {@code f . d + theta sqrt(|p|^2 + 1e-12)}; its derivatives {@code d + theta p / sqrt(|p|^2 +
 * 1e-12)} are the weights. They are negative for tasks that are well ahead of the others.
 *
 * @param theta weight of the distance to the direction
 * @param preferences the direction, one number per task of the run, none negative and not all 0; if
 *     absent, equal ones
 * @param ideal the least losses, one per task of the run or one for all
 */
record BoundaryIntersection(double theta, Optional<Vector> preferences, Vector ideal)
    implements LossMethod {
  private static final String PREFERENCES = "preferences";
  private static final String IDEAL = "ideal";

  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "pbi",
              "Penalty-based boundary intersection",
              "Zhang and Li, IEEE TEVC 2007",
              MethodInput.LOSSES)
          .option(
              "theta",
              Option.notNegative(),
              5.0,
              "weight of the losses' distance to the preferred direction")
          .option(
              PREFERENCES,
              Option.perTask(),
              "the direction in which losses may lie, none negative; equal if absent")
          .option(IDEAL, Option.allOrPerTask(), 0.0, "least losses; a number, or one a task")
          .is(MethodProperty.PERMUTATION_EQUIVARIANT)
          .madeBy(
              options ->
                  new BoundaryIntersection(
                      options.number("theta"),
                      PerTask.optional(options, PREFERENCES),
                      PerTask.values(options, IDEAL)));

  private static final double SMOOTHING = 1e-12;

  BoundaryIntersection {
    if (preferences.filter(all -> all.min() < 0 || all.max() <= 0).isPresent()) {
      throw new IllegalArgumentException(
          "option '%s' holds a negative number, or nothing above zero: %s"
              .formatted(PREFERENCES, preferences.get()));
    }
  }

  @Override
  public void requireTasks(List<String> names) {
    PerTask.requireSize(PREFERENCES, preferences, names.size());
    PerTask.requireSizeOrOne(IDEAL, ideal, names.size());
  }

  @Override
  public double equalWeight(int tasks) {
    return 1 / Math.sqrt(tasks);
  }

  /** In a batch where only tasks without a preference have labels, these count alike. */
  @Override
  public TaskWeights weigh(StepView tasks) {
    int count = tasks.count();
    Vector least = ideal.size() == 1 ? Vector.filled(count, ideal.at(0)) : tasks.select(ideal);
    Vector wish =
        preferences.map(tasks::select).filter(all -> all.max() > 0).orElse(Vector.ones(count));
    Vector direction = wish.dividedBy(Math.sqrt(wish.dot(wish)));
    Vector losses = tasks.losses().minus(least);
    Vector beside = losses.minus(direction.times(losses.dot(direction)));
    double distance = Math.sqrt(beside.dot(beside) + SMOOTHING);
    return TaskWeights.everywhere(direction.plus(beside.times(theta / distance)));
  }
}
