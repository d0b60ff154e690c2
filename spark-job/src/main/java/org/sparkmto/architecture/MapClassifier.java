package org.sparkmto.architecture;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.NetworkShape;

/**
 * The end of a head for pixels: a convolution with batch normalisation and ReLU, one that gives the
 * outputs, and bilinear interpolation to the size of the target.
 */
record MapClassifier(NormalisedConvolution inner, Convolution outputs, NetworkShape.Head shape) {

  Tensor apply(Tensor features, boolean training) {
    Tensor map = outputs.apply(inner.rectified(features, training));
    return Maps.sized(map, shape.height(), shape.width());
  }
}
