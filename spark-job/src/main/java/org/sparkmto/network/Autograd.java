package org.sparkmto.network;

import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Backward passes that return what they find. */
final class Autograd {
  private Autograd() {}

  /**
   * The product of a cotangent with the derivative of a tensor.
   *
   * @param by what is differentiated by
   * @param again whether another pass through the same graph follows
   */
  static TensorVector gradients(Tensor of, Tensor cotangent, List<Tensor> by, boolean again) {
    return torch.grad(
        new TensorVector(of),
        HostTensors.vector(by),
        new TensorVector(cotangent),
        new BoolOptional(again),
        false,
        false);
  }

  /**
   * The sum of products of cotangents with the derivatives of tensors; undefined by what none of
   * the tensors depends on.
   *
   * @param by what is differentiated by
   * @param again whether another pass through the same graph follows
   */
  static TensorVector gradientsIfAny(
      List<Tensor> of, List<Tensor> cotangents, List<Tensor> by, boolean again) {
    if (of.isEmpty()) {
      return HostTensors.vector(Collections.nCopies(by.size(), new Tensor()));
    }
    return torch.grad(
        HostTensors.vector(of),
        HostTensors.vector(by),
        HostTensors.vector(cotangents),
        new BoolOptional(again),
        false,
        true);
  }
}
