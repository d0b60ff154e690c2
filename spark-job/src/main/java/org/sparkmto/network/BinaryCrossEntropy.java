package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/**
 * Binary cross-entropy of the sigmoid of logits: one of a sample or pixel, or one of each label.
 * The weights stay what they are in every batch; weights by the share of yes in the batch would
 * differ from rank to rank.
 *
 * @param yes weight of a label that says yes
 * @param no weight of a label that says no
 */
record BinaryCrossEntropy(double yes, double no) implements TaskLoss {
  static final LossEntry ENTRY =
      LossEntry.of(
          "bce",
          "binary cross-entropy of the sigmoid of the outputs",
          new BinaryCrossEntropy(1, 1),
          TaskKind.BINARY,
          TaskKind.MASK,
          TaskKind.MULTI_LABEL);

  static final LossEntry BALANCED =
      new LossEntry(
          "balanced-bce",
          "the same with weights for yes and no",
          List.of(TaskKind.BINARY, TaskKind.MASK),
          true,
          yes -> new BinaryCrossEntropy(yes, 1 - yes));

  private static final long SUM = 2;

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    Tensor logits = outputs.reshape(target.values().sizes());
    Tensor labels = target.values();
    TensorOptional everySample = new TensorOptional();
    if (target.complete() && yes == 1 && no == 1) {
      return torch.binary_cross_entropy_with_logits(
          logits, labels.toType(logits.scalar_type()), everySample, everySample, SUM);
    }
    Tensor labelled = labels.ne(new Scalar(target.missing()));
    Tensor truth = labels.mul(labelled).toType(logits.scalar_type());
    Tensor weights =
        truth
            .mul(new Scalar(yes - no))
            .add(new Scalar(no))
            .mul(labelled.toType(logits.scalar_type()));
    return torch.binary_cross_entropy_with_logits(
        logits, truth, new TensorOptional(weights), everySample, SUM);
  }

  @Override
  public int outputs(Task task) {
    return task.kind() == TaskKind.MULTI_LABEL ? task.classes() : 1;
  }
}
