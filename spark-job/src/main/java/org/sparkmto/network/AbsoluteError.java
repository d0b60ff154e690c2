package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/** L1: the absolute error, of a pixel with several numbers their mean. */
final class AbsoluteError implements TaskLoss {
  static final LossEntry ENTRY =
      LossEntry.of("l1", "absolute differences", new AbsoluteError(), LossEntry.realNumbers());

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    return target.sumOfValid(outputs.reshape(target.values().sizes()).sub(target.values()).abs());
  }
}
