package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Cross-entropy of the softmax of the outputs. */
final class CrossEntropy implements TaskLoss {
  private static final long SUM = 2;

  @Override
  public Tensor sum(Tensor outputs, Tensor labels, int missing, boolean complete) {
    return torch.cross_entropy_loss(outputs, labels, new TensorOptional(), SUM, missing, 0);
  }

  @Override
  public int outputs(int classes) {
    return classes;
  }
}
