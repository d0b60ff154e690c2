package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.TaskKind;

/** Cross-entropy of the softmax of the outputs, of whole samples or of pixels. */
final class CrossEntropy implements TaskLoss {
  static final LossEntry ENTRY =
      LossEntry.of(
          "cross-entropy",
          "cross-entropy of the softmax of the outputs",
          new CrossEntropy(),
          TaskKind.CLASSIFICATION,
          TaskKind.SEGMENTATION);

  private static final long SUM = 2;

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    return torch.cross_entropy_loss(
        outputs, target.values(), new TensorOptional(), SUM, target.missing(), 0);
  }
}
