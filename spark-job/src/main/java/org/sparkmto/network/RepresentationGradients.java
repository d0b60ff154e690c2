package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/**
 * What the backward pass through the heads has found: the gradients of the tasks' losses at the
 * representation z, each a sum over the rank's samples. Valid as long as the {@link ForwardPass}.
 */
public final class RepresentationGradients {
  private final LearnedTensors learned;
  private final Encoding encoding;
  private final Tensor gradients;
  private final StepClock clock;

  /** Gradients by task, shaped like z behind the first axis; in the scope of the pass. */
  RepresentationGradients(
      LearnedTensors learned, Encoding encoding, Tensor gradients, StepClock clock) {
    this.clock = clock;
    this.learned = learned;
    this.encoding = encoding;
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
            StepPhase.GRAM,
            () -> TaskRows.combined(rows(), weights).view_as(encoding.representation()));
    clock.spend(
        StepPhase.BACKWARD,
        () -> encoding.backward(combined.unsqueeze(0), learned.sharedGradient(), false));
    return learned.gradient();
  }

  /**
   * The tasks' exact gradients with respect to the shared parameters: a backward pass through the
   * encoder for each task that is asked for. The encoder's part of the pass is used up.
   */
  public void ofTasks(SharedGradients into) {
    clock.spend(StepPhase.BACKWARD, () -> encoding.backward(gradients, into, false));
  }

  /** The same, and the pass can still be differentiated afterwards. */
  public void look(SharedGradients into) {
    clock.spend(StepPhase.BACKWARD, () -> encoding.backward(gradients, into, true));
  }

  /**
   * Weighted sums of the tasks' gradients in their place.
   *
   * @param weights of each sum, one for each task
   * @return as many gradients as there are sums, valid as long as these
   */
  public RepresentationGradients mixed(List<double[]> weights) {
    return clock.during(
        StepPhase.GRAM,
        () ->
            new RepresentationGradients(
                learned, encoding, TaskRows.mixed(gradients, weights), clock));
  }

  /**
   * One task's exact gradient with respect to the shared parameters.
   *
   * @param task which task
   * @param into a vector of {@link ParameterLayout#shared} floats, borrowed
   */
  public void ofTask(int task, Tensor into) {
    SharedGradients one =
        new SharedGradients() {
          @Override
          public boolean wants(int other) {
            return other == task;
          }

          @Override
          public Tensor vector(int asked) {
            return into;
          }

          @Override
          public void found(int asked, long from, long to) {}
        };
    clock.spend(StepPhase.BACKWARD, () -> encoding.backward(gradients, one, true));
  }

  /** The K gradients, each a row. */
  Tensor rows() {
    return gradients.reshape(gradients.size(0), -1);
  }
}
