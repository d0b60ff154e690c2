package org.sparkmto.step;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.sparkmto.method.MethodState;
import org.sparkmto.method.Observation;
import org.sparkmto.method.TaskStatus;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;

/**
 * The weights that every task got at the last look in which it had labels, for the steps that do
 * not look. A task that no look has seen yet has an equal weight.
 */
final class HeldWeights {
  private static final String SHARED = "shared";
  private static final String HEADS = "heads";

  private Vector shared;
  private Vector heads;

  /**
   * Weights of a run that has not looked yet.
   *
   * @param equal what equal weights are by the method's convention
   */
  HeldWeights(int tasks, double equal) {
    this.shared = Vector.filled(tasks, equal);
    this.heads = Vector.ones(tasks);
  }

  /** Takes up what a look has answered. */
  void take(Weighing look) {
    int[] weighed = tasks(look.status(), EnumSet.of(TaskStatus.ACTIVE, TaskStatus.ZERO_GRADIENT));
    shared = shared.replaced(weighed, look.shared().select(weighed));
    heads = heads.replaced(weighed, look.heads().select(weighed));
  }

  private static int[] tasks(List<TaskStatus> status, Set<TaskStatus> wanted) {
    return IntStream.range(0, status.size())
        .filter(task -> wanted.contains(status.get(task)))
        .toArray();
  }

  /** The weights for a step of which the losses alone are known; what is remembered stays. */
  Weighing of(Observation seen, MethodState state) {
    List<TaskStatus> status = List.of(seen.status());
    int[] active = tasks(status, EnumSet.of(TaskStatus.ACTIVE));
    Vector none = Vector.zeros(shared.size());
    return new Weighing(
        none.replaced(active, shared.select(active)),
        none.replaced(active, heads.select(active)),
        Optional.empty(),
        state,
        Map.of(),
        status,
        OptionalDouble.empty(),
        Optional.empty());
  }

  Map<String, double[]> save() {
    return Map.of(SHARED, shared.toArray(), HEADS, heads.toArray());
  }

  void restore(Map<String, double[]> arrays) {
    shared = Vector.of(arrays.get(SHARED));
    heads = Vector.of(arrays.get(HEADS));
  }
}
