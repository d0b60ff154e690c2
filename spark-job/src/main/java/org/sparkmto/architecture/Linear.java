package org.sparkmto.architecture;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.Initialisation;
import org.sparkmto.network.Parameter;
import org.sparkmto.network.ParameterBook;

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
