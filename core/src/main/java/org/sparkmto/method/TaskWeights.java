package org.sparkmto.method;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A method's answer for the active tasks of one step: {@code sum_k shared_k L_k} is what the shared
 * parameters descend, {@code heads_k L_k} what the parameters of task k alone descend. Scale:
 * weights of 1 are the plain sum of the losses.
 *
 * <p>Immutable; the {@code with...} methods answer a changed copy.
 */
public final class TaskWeights {
  private final Optional<Vector> shared;
  private final Optional<Vector> heads;
  private final Optional<MethodState> state;
  private final Map<String, Vector> gradients;
  private final OptionalDouble residual;
  private final Optional<String> failure;
  private final Optional<Vector> lossScales;

  private TaskWeights(
      Optional<Vector> shared,
      Optional<Vector> heads,
      Optional<MethodState> state,
      Map<String, Vector> gradients,
      OptionalDouble residual,
      Optional<String> failure,
      Optional<Vector> lossScales) {
    this.shared = shared;
    this.heads = heads;
    this.state = state;
    this.gradients = gradients;
    this.residual = residual;
    this.failure = failure;
    this.lossScales = lossScales;
  }

  /** Weights of the shared part; every head follows its own loss with weight 1. */
  public static TaskWeights shared(Vector weights) {
    return of(weights, Vector.ones(weights.size()));
  }

  /** The same weights for the shared part and for the heads: a weighted sum of losses. */
  public static TaskWeights everywhere(Vector weights) {
    return of(weights, weights);
  }

  /** Weights of the shared part and of the heads. */
  public static TaskWeights of(Vector shared, Vector heads) {
    return new TaskWeights(
        Optional.of(shared),
        Optional.of(heads),
        Optional.empty(),
        Map.of(),
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * No weights for the shared part of this step: it takes {@link Method#equalWeight} and the reason
   * is counted. The heads take weight 1 unless {@link #withHeads} says otherwise; state and
   * learning count as usual.
   */
  public static TaskWeights failed(String reason) {
    return new TaskWeights(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        OptionalDouble.empty(),
        Optional.of(reason),
        Optional.empty());
  }

  /** With these weights for the heads. */
  public TaskWeights withHeads(Vector weights) {
    return new TaskWeights(
        shared, Optional.of(weights), state, gradients, residual, failure, lossScales);
  }

  /** With these weights for the shared part. */
  TaskWeights withShared(Vector weights) {
    return new TaskWeights(
        Optional.of(weights), heads, state, gradients, residual, failure, lossScales);
  }

  /** With the shared weights multiplied by a factor per task; a failure stays one. */
  public TaskWeights withSharedTimes(Vector factors) {
    return new TaskWeights(
        shared.map(weights -> weights.times(factors)),
        heads,
        state,
        gradients,
        residual,
        failure,
        lossScales);
  }

  /**
   * As weights of the losses where they were found for losses times these scales; after a failure
   * the equal weights, too, are those of the scaled losses.
   */
  public TaskWeights ofLossesTimes(Vector scales) {
    TaskWeights scaled = withSharedTimes(scales);
    return new TaskWeights(
        scaled.shared, heads, state, gradients, residual, failure, Optional.of(scales));
  }

  /** With what the method remembers for the next step; without it the state stays. */
  public TaskWeights withState(MethodState next) {
    return new TaskWeights(
        shared, heads, Optional.of(next), gradients, residual, failure, lossScales);
  }

  /**
   * With the gradient of the objective by a per-task state vector. The caller applies the model's
   * optimiser to that vector.
   */
  public TaskWeights learning(String stateName, Vector gradient) {
    Map<String, Vector> all = new TreeMap<>(gradients);
    all.put(stateName, gradient);
    return new TaskWeights(shared, heads, state, Map.copyOf(all), residual, failure, lossScales);
  }

  /** With the residual of the solver's optimality conditions: 0 is exact. */
  public TaskWeights withResidual(double value) {
    return new TaskWeights(
        shared, heads, state, gradients, OptionalDouble.of(value), failure, lossScales);
  }

  /** The weights of the shared part; empty when the method failed. */
  public Optional<Vector> shared() {
    return shared;
  }

  /** The weights of the heads; empty when the method failed and did not say. */
  public Optional<Vector> heads() {
    return heads;
  }

  /** What to remember; empty when nothing changed. */
  public Optional<MethodState> state() {
    return state;
  }

  /** Gradients of the learned per-task state vectors, by name. */
  public Map<String, Vector> gradients() {
    return gradients;
  }

  /** The residual of the solver's optimality conditions, where the method has a solver. */
  public OptionalDouble residual() {
    return residual;
  }

  /** By what the method scaled the losses before it weighed them, if it did. */
  Optional<Vector> lossScales() {
    return lossScales;
  }

  boolean isFinite() {
    return shared.stream().allMatch(Vector::isFinite)
        && heads.stream().allMatch(Vector::isFinite)
        && gradients.values().stream().allMatch(Vector::isFinite);
  }

  /** Why there are no weights. */
  public Optional<String> failure() {
    return failure;
  }
}
