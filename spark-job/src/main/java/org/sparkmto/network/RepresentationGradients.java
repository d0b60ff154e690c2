package org.sparkmto.network;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/**
 * What the backward pass through the heads has found: the gradients of the tasks' losses at the
 * representation z, each a sum over the rank's samples. Valid as long as the {@link ForwardPass}.
 */
public final class RepresentationGradients {
  private final LearnedTensors learned;
  private final Tensor representation;
  private final Tensor gradients;
  private final StepClock clock;

  /** Gradients by task, shaped like z behind the first axis; in the scope of the pass. */
  RepresentationGradients(
      LearnedTensors learned, Tensor representation, Tensor gradients, StepClock clock) {
    this.clock = clock;
    this.learned = learned;
    this.representation = representation;
    this.gradients = gradients;
  }

  /**
   * The Gram matrix of the K gradients over the rank's samples, row-major, accumulated in double.
   * Because z is per sample, the matrices of ranks add up to that of the whole batch.
   */
  public double[] gram() {
    return clock.during(StepPhase.GRAM, () -> TaskRows.gram(rows()));
  }

  /**
   * Goes on from z: one backward of {@code sum_k weights[k] * dS_k/dz} through the encoder.
   *
   * @return the flat gradient of the replica, whose shared part has been replaced
   */
  public FlatVector backward(double[] weights) {
    Tensor combined =
        clock.during(
            StepPhase.GRAM, () -> TaskRows.combined(rows(), weights).view_as(representation));
    List<Tensor> shared = learned.shared();
    clock.spend(
        StepPhase.BACKWARD,
        () -> learned.keep(shared, Autograd.gradients(representation, combined, shared, false)));
    return learned.gradient();
  }

  /**
   * One task's exact gradient with respect to the shared parameters.
   *
   * @param task which task
   * @param into a vector of {@link ParameterLayout#shared} floats, borrowed
   */
  public void ofTask(int task, Tensor into) {
    clock.spend(StepPhase.BACKWARD, () -> backward(task, into));
  }

  private void backward(int task, Tensor into) {
    // A scope of its own: K of these gradients at a time would be K networks in memory.
    try (PointerScope own = new PointerScope()) {
      List<Tensor> shared = learned.shared();
      TensorVector found =
          Autograd.gradients(representation, gradients.select(0, task), shared, true);
      long offset = 0;
      for (int i = 0; i < shared.size(); i++) {
        long elements = shared.get(i).numel();
        into.narrow(0, offset, elements).copy_(found.get(i).reshape(elements));
        offset += elements;
      }
    }
  }

  private Tensor rows() {
    return gradients.reshape(gradients.size(0), -1);
  }
}
