package org.sparkmto.architecture;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;

/** torchvision's {@code DeepLabHead} without dropout: what a task of pixels makes of one map. */
final class AtrousHead {
  private final AtrousPyramid pyramid;
  private final MapClassifier classifier;

  /**
   * Declares the parameters, named by places behind {@code heads.} and the task.
   *
   * @param in channels of the map
   * @param features channels within
   * @param stride pixels of the image for one of the map
   */
  AtrousHead(
      ParameterBook.Section section, NetworkShape.Head shape, long in, long features, long stride) {
    String name = "heads." + shape.name();
    pyramid = new AtrousPyramid(section, name + ".0", in, features, stride);
    classifier =
        new MapClassifier(
            NormalisedConvolution.listed(section, name, 1, features, features, 3, 1),
            Convolution.biased(section, name + ".4", features, shape.outputs(), 1, 0),
            shape);
  }

  /** The outputs for every pixel of the target. */
  Tensor apply(Tensor map, boolean training) {
    return classifier.apply(pyramid.apply(map, training), training);
  }
}
