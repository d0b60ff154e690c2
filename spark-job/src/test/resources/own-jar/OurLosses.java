package com.example;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.TaskKind;
import org.sparkmto.network.LossEntry;
import org.sparkmto.network.LossProvider;

public final class OurLosses implements LossProvider {
  @Override
  public List<LossEntry> entries() {
    return List.of(
        LossEntry.of(
            "half-cross-entropy",
            "half of the logistic loss",
            (outputs, target) ->
                torch
                    .softplus(
                        outputs
                            .reshape(target.values().sizes())
                            .mul(target.values().mul(new Scalar(-2.0)).add(new Scalar(1.0))))
                    .mul(target.values().ne(new Scalar(target.missing())))
                    .sum()
                    .mul(new Scalar(0.5)),
            TaskKind.BINARY));
  }
}
