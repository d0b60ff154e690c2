package org.sparkmto.method;

import java.util.List;
import java.util.Optional;
import org.sparkmto.options.Option;

/**
 * Equal weighting, or linear scalarisation with preset weights: {@code sum_k w_k L_k}.
 *
 * @param weights one weight per task of the run; ones if absent
 */
record EqualWeighting(Optional<Vector> weights) implements LossMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "ew",
              "Equal weighting",
              "linear scalarisation of the task losses",
              MethodInput.NOTHING)
          .option("weights", Option.perTask(), "preset weight of every task; all 1 if absent")
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.NON_NEGATIVE,
              MethodProperty.CHOSEN_TRADE_OFF)
          .madeBy(options -> new EqualWeighting(PerTask.optional(options, "weights")));

  @Override
  public void requireTasks(List<String> names) {
    PerTask.requireSize("weights", weights, names.size());
  }

  @Override
  public Optional<Vector> constantWeights(int tasks) {
    return Optional.of(weights.orElse(Vector.ones(tasks)));
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    return TaskWeights.everywhere(weights.map(tasks::select).orElse(Vector.ones(tasks.count())));
  }
}
