package org.sparkmto.network;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/** Gradients at the representation that are at hand, all of them. */
final class KeptGradients implements RepresentationGradients {
  private final LearnedTensors learned;
  private final Encoding encoding;
  private final Tensor gradients;
  private final StepClock clock;

  /** Gradients by task, shaped like z behind the first axis; in the scope of the pass. */
  KeptGradients(LearnedTensors learned, Encoding encoding, Tensor gradients, StepClock clock) {
    this.clock = clock;
    this.learned = learned;
    this.encoding = encoding;
    this.gradients = gradients;
  }

  @Override
  public double[] gram() {
    return clock.during(StepPhase.GRAM, () -> TaskRows.gram(rows()));
  }

  @Override
  public List<LayerFactors> layers() {
    return encoding.layers();
  }

  @Override
  public FlatVector backward(double[] weights, FoundGradient heard) {
    Tensor combined =
        clock.during(
            StepPhase.GRAM,
            () -> TaskRows.combined(rows(), weights).view_as(encoding.representation()));
    clock.spend(
        StepPhase.BACKWARD,
        () -> encoding.backward(combined.unsqueeze(0), learned.sharedGradient(heard), false));
    return learned.gradient();
  }

  @Override
  public void ofTasks(SharedGradients into) {
    clock.spend(StepPhase.BACKWARD, () -> encoding.backward(gradients, into, false));
  }

  @Override
  public void look(SharedGradients into) {
    clock.spend(StepPhase.BACKWARD, () -> encoding.backward(gradients, into, true));
  }

  @Override
  public void look(int sample, SharedGradients into) {
    try (PointerScope scope = new PointerScope()) {
      alone(sample).look(into);
    }
  }

  /** Those of one sample, in the caller's scope; all zero if it has no such sample. */
  KeptGradients alone(int sample) {
    Tensor own = torch.zeros_like(gradients);
    if (sample >= 0 && sample < gradients.size(1)) {
      own.narrow(1, sample, 1).copy_(gradients.narrow(1, sample, 1));
    }
    return new KeptGradients(learned, encoding, own, clock);
  }

  @Override
  public KeptGradients mixed(List<double[]> weights) {
    return clock.during(
        StepPhase.GRAM,
        () -> new KeptGradients(learned, encoding, TaskRows.mixed(gradients, weights), clock));
  }

  @Override
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
