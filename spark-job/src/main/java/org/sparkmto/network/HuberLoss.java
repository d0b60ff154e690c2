package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.options.Option;

/**
 * Huber's loss: {@code e^2 / 2} of an error e within delta, {@code delta (|e| - delta / 2)} beyond
 * it; of a pixel with several numbers their mean.
 *
 * @param delta where the square becomes a line, in units of the target that the loss sees
 */
record HuberLoss(double delta) implements TaskLoss {
  static final String DELTA = "delta";

  static final LossEntry ENTRY =
      new LossEntry(
          "huber",
          "half the square of small differences, growing as a line beyond delta",
          LossEntry.realNumbers(),
          List.of(
              Option.of(
                  DELTA,
                  Option.positive(),
                  1,
                  "difference at which the square becomes a line, in deviations of a standardised"
                      + " target, in the target's own unit otherwise")),
          (options, task) -> new HuberLoss(options.number(DELTA)));

  private static final long EACH = 0;

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    return target.sumOfValid(
        torch.huber_loss(
            outputs.reshape(target.values().sizes()),
            target.values().toType(outputs.scalar_type()),
            EACH,
            delta));
  }
}
