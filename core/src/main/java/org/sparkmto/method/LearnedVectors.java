package org.sparkmto.method;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.sparkmto.optimizer.Optimizer;

/**
 * The per-task vectors that a method learns, moved by its {@link LearningRule}. The optimiser's
 * state for them lies here.
 */
public final class LearnedVectors {
  private final Method method;
  private final LearningRule learning;
  private final Optimizer optimizer;
  private final Map<String, double[][]> moments = new TreeMap<>();

  /**
   * Those of a method, before the first step of a run with {@code tasks} tasks.
   *
   * @param ofRun the optimiser of the network's parameters
   */
  public LearnedVectors(Method method, LearningRule learning, Optimizer ofRun, int tasks) {
    this.method = method;
    this.learning = learning;
    this.optimizer = learning.rule(ofRun);
    for (String name : method.learned()) {
      moments.put(name, new double[optimizer.state().size()][tasks]);
    }
  }

  /**
   * Makes one step from the gradients of a weighing; tasks that were not active stay.
   *
   * @param weigher what weighed
   * @param seen what it weighed
   * @param ofSchedule the learning rate of the network's parameters in this step
   * @return the weighing with the vectors moved in its state; where the method {@link
   *     Method#learnsFirst}, with the shared weights that follow from the moved ones
   */
  public Weighing learn(Weigher weigher, Observation seen, Weighing weighing, double ofSchedule) {
    if (weighing.gradients().isEmpty()) {
      return weighing;
    }
    MethodState moved = moved(weighing, seen.step(), learning.rate(ofSchedule));
    return method.learnsFirst()
        ? weigher.weighAgain(seen, weighing, moved)
        : weighing.withState(moved);
  }

  private MethodState moved(Weighing weighing, long step, double rate) {
    int[] active =
        IntStream.range(0, weighing.status().size())
            .filter(task -> weighing.status().get(task) == TaskStatus.ACTIVE)
            .toArray();
    MethodState state = weighing.state();
    for (Map.Entry<String, Vector> learned : weighing.gradients().entrySet()) {
      String name = learned.getKey();
      double[] values = state.perTask(name).toArray();
      double[][] all = moments.get(name);
      for (int task : active) {
        double[] value = {values[task]};
        double[][] own = new double[all.length][1];
        for (int i = 0; i < own.length; i++) {
          own[i][0] = all[i][task];
        }
        double[] gradient = {learned.getValue().at(task)};
        optimizer.update(value, gradient, own, step + 1, rate);
        values[task] = value[0];
        for (int i = 0; i < own.length; i++) {
          all[i][task] = own[i][0];
        }
      }
      state = state.withPerTask(name, Vector.of(values));
    }
    return state;
  }

  /** The optimiser's state, as arrays by {@code VECTOR/STATE}, for a checkpoint. */
  public Map<String, double[]> save() {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    moments.forEach(
        (name, vectors) -> {
          for (int i = 0; i < vectors.length; i++) {
            arrays.put(key(name, i), vectors[i].clone());
          }
        });
    return arrays;
  }

  /** Takes over what {@link #save} gave. */
  public void restore(Map<String, double[]> arrays) {
    moments.forEach(
        (name, vectors) -> {
          for (int i = 0; i < vectors.length; i++) {
            vectors[i] = arrays.get(key(name, i)).clone();
          }
        });
  }

  private String key(String name, int i) {
    return name + "/" + optimizer.state().get(i);
  }
}
