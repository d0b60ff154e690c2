package org.sparkmto.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A method of inner products on every group of parameters by itself. */
final class LayerwiseKind extends Kind<GradientSummary.GroupGrams> {
  private final GramMethod method;
  private final int groups;

  LayerwiseKind(LayerwiseMethod method, int groups) {
    super(
        GradientSummary.GroupGrams.class,
        "the inner products of the task gradients of all " + groups + " groups of parameters");
    this.method = method.method();
    this.groups = groups;
  }

  @Override
  boolean hasLevels() {
    return true;
  }

  @Override
  int weightsPerTask() {
    return groups;
  }

  @Override
  Vector ofTask(Vector sums) {
    return sums.dividedBy(groups);
  }

  @Override
  MethodState initialState(MethodState ofMethod) {
    MethodState all = MethodState.empty();
    for (int group = 0; group < groups; group++) {
      all = all.with(prefix(group), ofMethod);
    }
    return all;
  }

  private static String prefix(int group) {
    return group + "/";
  }

  @Override
  Optional<GradientSummary.GroupGrams> ofGram(SymmetricMatrix gram) {
    return groups == 1
        ? Optional.of(new GradientSummary.GroupGrams(List.of(gram)))
        : Optional.empty();
  }

  @Override
  GradientSummary.GroupGrams observe(LocalStep run) {
    double[][] rows = run.gradients();
    run.weighsRows(rows);
    Slices pieces = new Slices(rows[0].length, groups);
    List<SymmetricMatrix> grams = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      grams.add(run.gram(rows, pieces.start(group), pieces.start(group + 1)));
    }
    return new GradientSummary.GroupGrams(grams);
  }

  @Override
  double[] combine(LocalStep run, Weighing weighing) {
    double[][] rows = run.rows();
    Slices pieces = new Slices(rows[0].length, groups);
    double[] sum = new double[rows[0].length];
    for (int group = 0; group < groups; group++) {
      int start = (int) pieces.start(group);
      int end = (int) pieces.start(group + 1);
      Vector own = weighing.shared().select(indices(group * rows.length, rows.length));
      System.arraycopy(
          LocalStep.sum(own, LocalStep.cut(rows, start, end)), 0, sum, start, end - start);
    }
    return sum;
  }

  /** Group after group; the first reason why one failed stands for all, the worst residual too. */
  @Override
  Answer weigh(GradientSummary.GroupGrams seen, int[] active, MethodState state, Views views) {
    Vector shared = Vector.zeros(0);
    MethodState next = MethodState.empty();
    double residual = Double.NEGATIVE_INFINITY;
    for (int group = 0; group < groups; group++) {
      MethodState own = state.under(prefix(group));
      SymmetricMatrix gram = seen.matrices().get(group).select(active);
      double floor = ProductGuard.floor(gram.diagonal().max());
      int[] moving =
          IntStream.range(0, active.length).filter(k -> gram.at(k, k) >= floor).toArray();
      Vector weights = Vector.filled(active.length, method.equalWeight(active.length));
      if (moving.length > 0) {
        int[] tasksOfGroup = Arrays.stream(moving).map(k -> active[k]).toArray();
        TaskWeights answer =
            GramKind.weigh(
                method, views.of(tasksOfGroup, own.restrictedTo(moving)), gram.select(moving));
        if (answer.failure().isPresent()) {
          return Answer.of(TaskWeights.failed("group " + group + ": " + answer.failure().get()));
        }
        weights = weights.replaced(moving, answer.shared().orElseThrow());
        own = answer.state().isPresent() ? own.mergedWith(answer.state().get(), moving) : own;
        residual = Math.max(residual, answer.residual().orElse(Double.NEGATIVE_INFINITY));
      }
      shared = shared.followedBy(weights);
      next = next.with(prefix(group), own);
    }
    TaskWeights all = TaskWeights.of(shared, Vector.ones(active.length)).withState(next);
    return Answer.of(Double.isFinite(residual) ? all.withResidual(residual) : all);
  }
}
