package org.sparkmto.training;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
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

  private final double[] shared;
  private final double[] heads;

  /**
   * Weights of a run that has not looked yet.
   *
   * @param equal what equal weights are by the method's convention
   */
  HeldWeights(int tasks, double equal) {
    this.shared = Vector.filled(tasks, equal).toArray();
    this.heads = Vector.ones(tasks).toArray();
  }

  /** Takes up what a look has answered. */
  void take(Weighing look) {
    for (int task = 0; task < shared.length; task++) {
      TaskStatus status = look.status().get(task);
      if (status == TaskStatus.ACTIVE || status == TaskStatus.ZERO_GRADIENT) {
        shared[task] = look.shared().at(task);
        heads[task] = look.heads().at(task);
      }
    }
  }

  /** The weights for a step of which the losses alone are known; what is remembered stays. */
  Weighing of(Observation seen, MethodState state) {
    List<TaskStatus> status = List.of(seen.status());
    double[] ofShared = shared.clone();
    double[] ofHeads = heads.clone();
    for (int task = 0; task < shared.length; task++) {
      if (status.get(task) != TaskStatus.ACTIVE) {
        ofShared[task] = 0;
        ofHeads[task] = 0;
      }
    }
    return new Weighing(
        Vector.of(ofShared),
        Vector.of(ofHeads),
        Optional.empty(),
        state,
        Map.of(),
        status,
        OptionalDouble.empty(),
        Optional.empty());
  }

  Map<String, double[]> save() {
    return Map.of(SHARED, shared.clone(), HEADS, heads.clone());
  }

  void restore(Map<String, double[]> arrays) {
    System.arraycopy(arrays.get(SHARED), 0, shared, 0, shared.length);
    System.arraycopy(arrays.get(HEADS), 0, heads, 0, heads.length);
  }
}
