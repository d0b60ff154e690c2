package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/** For whole images, behind any encoder: one linear layer on the means of its last maps. */
final class LinearHead implements TaskHead {
  private final Representation z;
  private final Linear linear;

  LinearHead(ParameterBook.Section section, NetworkShape.Head shape, Representation z) {
    this.z = z;
    linear = new Linear(section, "heads." + shape.name(), z.channels(), shape.outputs());
  }

  @Override
  public Tensor apply(Tensor representation, boolean training) {
    return linear.apply(z.means(representation));
  }
}
