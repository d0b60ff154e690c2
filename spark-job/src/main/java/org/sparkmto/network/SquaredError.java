package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/** L2: the squared error, of a pixel with several numbers their mean. */
final class SquaredError implements TaskLoss {
  static final LossEntry ENTRY =
      LossEntry.of("l2", "squared differences", new SquaredError(), LossEntry.realNumbers());

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    Tensor error = outputs.reshape(target.values().sizes()).sub(target.values());
    return target.sumOfValid(error.mul(error));
  }
}
