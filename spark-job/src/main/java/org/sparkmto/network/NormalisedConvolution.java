package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/**
 * A convolution with bias that keeps the map's size, then batch normalisation. (The bias is of no
 * effect on what comes out; the published networks have it, so their weights can be loaded.)
 */
final class NormalisedConvolution {
  private final Convolution convolution;
  private final BatchNormalisation norm;

  /** Named as two neighbours in a sequence of layers: {@code name.index} and the one behind it. */
  NormalisedConvolution(
      ParameterBook.Section section, String name, int index, long in, long out, long kernel) {
    convolution = Convolution.glorot(section, name + "." + index, in, out, kernel);
    norm = new BatchNormalisation(section, name + "." + (index + 1), out);
  }

  Tensor apply(Tensor x, boolean training) {
    return norm.apply(convolution.apply(x), training);
  }

  /** With a ReLU behind it. */
  Tensor rectified(Tensor x, boolean training) {
    return apply(x, training).relu_();
  }
}
