package org.sparkmto.network;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.TaskKind;

/**
 * One minus the cosine between the output, of any length, and the true unit vector of a pixel
 * (Elich et al., Examining Common Paradigms in Multi-Task Learning, eq. 24). An output of length 0
 * has cosine 0 and a finite gradient.
 */
final class CosineDistance implements TaskLoss {
  static final LossEntry ENTRY =
      LossEntry.of(
          "cosine",
          "1 less the cosine of the angle between the outputs and the truth",
          new CosineDistance(),
          TaskKind.NORMALS);

  private static final double LEAST_SQUARE = 1e-12;
  private static final long[] CHANNELS = {1};

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    Tensor squares = outputs.mul(outputs).sum(CHANNELS, true, null);
    Tensor product = outputs.mul(target.values()).sum(CHANNELS, true, null);
    Tensor cosine = product.mul(squares.add(new Scalar(LEAST_SQUARE)).rsqrt());
    return target.sumOfValid(cosine.neg().add(new Scalar(1.0)));
  }
}
