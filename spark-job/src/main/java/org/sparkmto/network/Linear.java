package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/** A linear layer with bias, started as PyTorch starts it. */
final class Linear {
  private final Parameter weight;
  private final Parameter bias;

  Linear(ParameterBook.Section section, String name, long in, long out) {
    Initialisation start = Initialisation.fanIn(in);
    weight = section.parameter(name + ".weight", start, out, in);
    bias = section.parameter(name + ".bias", start, out);
  }

  Tensor apply(Tensor x) {
    return Functional.linear(x, weight, bias);
  }
}
