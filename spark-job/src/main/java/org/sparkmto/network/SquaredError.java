package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.TaskKind;

/** L2: the squared error, of a pixel with several numbers their mean. */
final class SquaredError implements TaskLoss {
  static final LossEntry ENTRY =
      LossEntry.of(
          "l2",
          "squared differences",
          new SquaredError(),
          TaskKind.REGRESSION,
          TaskKind.VECTORS,
          TaskKind.DEPTH,
          TaskKind.NORMALS);

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    Tensor error = outputs.reshape(target.values().sizes()).sub(target.values());
    return target.sumOfValid(error.mul(error));
  }
}
