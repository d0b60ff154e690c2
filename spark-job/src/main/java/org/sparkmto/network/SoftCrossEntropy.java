package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/**
 * Cross-entropy with probabilities in place of labels: of a labelled element {@code -sum_c q_c log
 * p_c} with the softmax p of the outputs, or {@code -q log p - (1 - q) log(1 - p)} with their
 * sigmoid where the question is yes or no. Its gradient by the outputs is {@code p - q}; what the
 * labels say counts only in that an element without one adds nothing. By it a network learns from
 * another's answers (Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015,
 * at temperature 1).
 */
record SoftCrossEntropy() implements TaskLoss {
  static final LossEntry ENTRY =
      new LossEntry(
          "soft-cross-entropy",
          "cross-entropy with the probabilities of a task that has them beside its labels",
          List.of(
              TaskKind.CLASSIFICATION,
              TaskKind.BINARY,
              TaskKind.MULTI_LABEL,
              TaskKind.SEGMENTATION,
              TaskKind.MASK),
          List.of(),
          (options, task) -> of(task));

  private static final long SUM = 2;

  private static SoftCrossEntropy of(Task task) {
    if (!task.isSoft()) {
      throw new IllegalArgumentException(
          "needs probabilities, and the data set has labels alone; pseudo-labels --kind soft makes"
              + " some");
    }
    return new SoftCrossEntropy();
  }

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    Tensor counts = target.values().ne(new Scalar(target.missing())).toType(outputs.scalar_type());
    Tensor soft = target.soft().toType(outputs.scalar_type());
    if (target.soft().dim() == target.values().dim()) {
      return torch.binary_cross_entropy_with_logits(
          outputs.reshape(target.values().sizes()),
          soft,
          new TensorOptional(counts),
          new TensorOptional(),
          SUM);
    }
    return torch.log_softmax(outputs, 1).mul(soft).sum(1).mul(counts).sum().neg();
  }
}
