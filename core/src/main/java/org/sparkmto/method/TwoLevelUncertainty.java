package org.sparkmto.method;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.options.Option;

/**
 * Uncertainty weighting on two levels, our reading of Miraliev et al. (IEEE Transactions on
 * Intelligent Vehicles, 2024): the tasks of a run are objectives, and groups of them are what
 * people call a task (say, a Dice and an overlap loss of one segmentation). An objective's noise
 * variance is the product of its own, {@code exp(s_k)}, and its group's, {@code exp(t_G)}, so the
 * objective is {@code sum_k (exp(-s_k - t_G(k)) L_k + s_k + t_G(k)) / 2}: what the objectives of a
 * group share is learned from all of them at once. Every {@code t} stands beside its own logarithm
 * as often as the group has objectives; once alone, the sum would have no minimum. Known to us from
 * descriptions: no formula is public.
 *
 * <p>State is kept per task, so every objective holds a copy of its group's {@code t}; {@code t_G}
 * is the mean of the copies of the objectives that are active in a step, which are all equal unless
 * labels are missing.
 *
 * @param groups the group of every task of the run, any number that its members share; one group
 *     per task if absent
 * @param init the first value of all {@code s} and {@code t}
 */
record TwoLevelUncertainty(Optional<Vector> groups, double init) implements LossMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "miraliev",
              "Two-level uncertainty weighting",
              "Miraliev et al., IEEE TIV 2024; our reading: the noise of an objective times that of"
                  + " its group",
              MethodInput.LOSSES)
          .option(
              "groups",
              Option.perTask(),
              "number of every task's group; each task its own group if absent")
          .option(
              "init",
              Option.number(),
              0.0,
              "first value of the learned s and t (logs of the noise scales)")
          .learns(LearningRule.USUAL)
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new TwoLevelUncertainty(
                      PerTask.optional(options, "groups"), options.number("init")));

  private static final String S = "s";
  private static final String T = "t";

  @Override
  public void requireTasks(List<String> names) {
    PerTask.requireSize("groups", groups, names.size());
  }

  @Override
  public MethodState initialState(int tasks) {
    Vector first = Vector.filled(tasks, init);
    return MethodState.empty().withPerTask(S, first).withPerTask(T, first);
  }

  @Override
  public Set<String> learned() {
    return Set.of(S, T);
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    int count = tasks.count();
    Vector s = tasks.state().perTask(S);
    Vector t = tasks.state().perTask(T);
    boolean[][] together = new boolean[count][count];
    for (int k = 0; k < count; k++) {
      for (int j = 0; j < count; j++) {
        together[k][j] = groupOf(tasks, k) == groupOf(tasks, j);
      }
    }
    double[] weights = new double[count];
    double[] bySelf = new double[count];
    for (int k = 0; k < count; k++) {
      weights[k] = 0.5 * Math.exp(-s.at(k) - sumOf(together[k], t) / size(together[k]));
      bySelf[k] = 0.5 - weights[k] * tasks.losses().at(k);
    }
    Vector gradient = Vector.of(bySelf);
    double[] byGroup = new double[count];
    for (int k = 0; k < count; k++) {
      byGroup[k] = sumOf(together[k], gradient);
    }
    return TaskWeights.everywhere(Vector.of(weights))
        .learning(S, gradient)
        .learning(T, Vector.of(byGroup));
  }

  private double groupOf(StepView tasks, int active) {
    int task = tasks.taskNumber(active);
    return groups.map(given -> given.at(task)).orElse((double) task);
  }

  private static double sumOf(boolean[] members, Vector values) {
    double sum = 0;
    for (int j = 0; j < members.length; j++) {
      sum += members[j] ? values.at(j) : 0;
    }
    return sum;
  }

  private static int size(boolean[] members) {
    int size = 0;
    for (boolean member : members) {
      size += member ? 1 : 0;
    }
    return size;
  }
}
