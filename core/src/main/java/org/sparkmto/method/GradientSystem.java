package org.sparkmto.method;

import java.util.List;
import java.util.OptionalInt;
import org.sparkmto.random.Draws;

/**
 * A {@link StepView} together with the inner products of the gradients {@code g_k} of its active
 * tasks. Every gradient is finite and none is zero, nor shorter than 2^-96 of another.
 */
public final class GradientSystem {
  private final StepView view;
  private final SymmetricMatrix gram;
  private final Vector norms;
  private final SymmetricMatrix cosines;

  GradientSystem(StepView view, SymmetricMatrix gram) {
    this.view = view;
    this.gram = gram;
    this.norms = gram.diagonal().map(Math::sqrt);
    this.cosines = cosines(gram, norms);
  }

  private static SymmetricMatrix cosines(SymmetricMatrix gram, Vector norms) {
    int size = gram.size();
    double[] values = new double[size * size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double cosine = gram.at(i, j) / norms.at(i) / norms.at(j);
        values[i * size + j] = i == j ? 1 : Math.max(-1, Math.min(1, cosine));
      }
    }
    return SymmetricMatrix.of(size, values);
  }

  /** {@code M_ij = g_i . g_j}. Badly conditioned when norms differ: prefer {@link #cosines}. */
  public SymmetricMatrix gram() {
    return gram;
  }

  /** {@code C_ij = g_i . g_j / (|g_i| |g_j|)}, with ones on the diagonal. */
  public SymmetricMatrix cosines() {
    return cosines;
  }

  /** {@code |g_k|}, all positive. */
  public Vector norms() {
    return norms;
  }

  /** The step, without the inner products. */
  StepView view() {
    return view;
  }

  /** See {@link StepView#count}. */
  public int count() {
    return view.count();
  }

  /** See {@link StepView#losses}. */
  public Vector losses() {
    return view.losses();
  }

  /** See {@link StepView#step}. */
  public long step() {
    return view.step();
  }

  /** See {@link StepView#epoch}. */
  public int epoch() {
    return view.epoch();
  }

  /** See {@link StepView#taskNumber}. */
  public int taskNumber(int activeTask) {
    return view.taskNumber(activeTask);
  }

  /** See {@link StepView#names}. */
  public List<String> names() {
    return view.names();
  }

  /** See {@link StepView#active}. */
  public OptionalInt active(int taskNumber) {
    return view.active(taskNumber);
  }

  /** See {@link StepView#draws}. */
  public Draws draws() {
    return view.draws();
  }

  /** See {@link StepView#state}. */
  public MethodState state() {
    return view.state();
  }

  /** The same gradients, with something else remembered. */
  GradientSystem withState(MethodState other) {
    return new GradientSystem(view.withState(other), gram);
  }

  /** See {@link StepView#select}. */
  public Vector select(Vector ofAllTasks) {
    return view.select(ofAllTasks);
  }
}
