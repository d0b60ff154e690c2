package org.sparkmto.network;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;

/**
 * A tensor that knows which operation of a {@link NetworkTrace} gave it. {@link Functional} hands
 * the trace on from what it is given to what it gives.
 */
final class TracedTensor extends Tensor {
  private final NetworkTrace trace;
  private final int value;

  /**
   * Another view of a tensor, in the scope of that tensor.
   *
   * @param value its number in the trace
   */
  TracedTensor(Tensor tensor, NetworkTrace trace, int value) {
    super((Pointer) tensor);
    this.trace = trace;
    this.value = value;
  }

  NetworkTrace writtenBy() {
    return trace;
  }

  int number() {
    return value;
  }
}
