package com.example.mto;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.TaskKind;
import org.sparkmto.network.LossEntry;
import org.sparkmto.network.LossProvider;
import org.sparkmto.network.Target;

/** A loss on libtorch; its gradient is libtorch's affair. */
public final class ExampleLosses implements LossProvider {

  /** max(0, 1 - s x)^2 of an output x, with s = 1 for yes and -1 for no. */
  private static Tensor squaredHinge(Tensor outputs, Target target) {
    Tensor labels = target.values();
    Tensor sign = labels.mul(new Scalar(2.0)).sub(new Scalar(1.0));
    Tensor margin = outputs.reshape(labels.sizes()).mul(sign).neg().add(new Scalar(1.0));
    Tensor labelled = labels.ne(new Scalar(target.missing()));
    return torch.relu(margin).square().mul(labelled).sum();
  }

  @Override
  public List<LossEntry> entries() {
    return List.of(
        LossEntry.of(
            "squared-hinge",
            "square of how far an output is from the right side of 1",
            ExampleLosses::squaredHinge,
            TaskKind.BINARY));
  }
}
