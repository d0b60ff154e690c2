package org.sparkmto.network;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Binary cross-entropy of the sigmoid of one logit. */
final class BinaryCrossEntropy implements TaskLoss {
  private static final long SUM = 2;

  @Override
  public Tensor sum(Tensor outputs, Tensor labels, int missing, boolean complete) {
    Tensor logits = outputs.squeeze(1);
    TensorOptional everySample = new TensorOptional();
    if (complete) {
      return torch.binary_cross_entropy_with_logits(
          logits, labels.toType(logits.scalar_type()), everySample, everySample, SUM);
    }
    Tensor labelled = labels.ne(new Scalar(missing));
    Tensor targets = labels.mul(labelled).toType(logits.scalar_type());
    return torch.binary_cross_entropy_with_logits(
        logits,
        targets,
        new TensorOptional(labelled.toType(logits.scalar_type())),
        everySample,
        SUM);
  }

  @Override
  public int outputs(int classes) {
    return 1;
  }
}
