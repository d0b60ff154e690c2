package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.options.Option;

/**
 * Smooth L1 (Girshick, Fast R-CNN, ICCV 2015, eq. 3, there with beta 1): {@code e^2 / (2 beta)} of
 * an error e within beta, {@code |e| - beta / 2} beyond it; of a pixel with several numbers their
 * mean. It is Huber's loss divided by beta.
 *
 * @param beta where the square becomes a line, in units of the target that the loss sees
 */
record SmoothAbsoluteError(double beta) implements TaskLoss {
  static final String BETA = "beta";

  static final LossEntry ENTRY =
      new LossEntry(
          "smooth-l1",
          "absolute differences, with a square instead of the corner at zero",
          LossEntry.realNumbers(),
          List.of(
              Option.of(
                  BETA,
                  Option.positive(),
                  1,
                  "difference at which the square becomes a line, in deviations of a standardised"
                      + " target, in the target's own unit otherwise")),
          (options, task) -> new SmoothAbsoluteError(options.number(BETA)));

  private static final long EACH = 0;

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    return target.sumOfValid(
        torch.smooth_l1_loss(
            outputs.reshape(target.values().sizes()),
            target.values().toType(outputs.scalar_type()),
            EACH,
            beta));
  }
}
