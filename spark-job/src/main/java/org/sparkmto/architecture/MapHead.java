package org.sparkmto.architecture;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.HeadDropout;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;

/**
 * What a task makes of one map that is its own: a linear layer on the map's means for whole images,
 * an {@link AtrousHead} for pixels.
 */
final class MapHead {
  private final NetworkShape.Head shape;
  private final HeadDropout dropout;
  private final AtrousHead pixels;
  private final Linear whole;

  /**
   * Declares the parameters.
   *
   * @param in channels of the map
   * @param features channels within a head for pixels
   * @param stride pixels of the image for one of the map
   */
  MapHead(
      ParameterBook.Section section,
      NetworkShape.Head shape,
      long in,
      long features,
      long stride,
      HeadDropout dropout) {
    this.shape = shape;
    this.dropout = dropout;
    pixels = shape.hasPixels() ? new AtrousHead(section, shape, in, features, stride) : null;
    whole =
        shape.hasPixels()
            ? null
            : new Linear(section, "heads." + shape.name(), in, shape.outputs());
  }

  /** The task's outputs. */
  Tensor apply(Tensor map, boolean training) {
    return pixels == null
        ? whole.apply(dropout.apply(shape.name(), Representation.mean(map), training))
        : pixels.apply(map, training);
  }
}
