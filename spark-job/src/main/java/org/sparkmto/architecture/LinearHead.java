package org.sparkmto.architecture;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.HeadDropout;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;

/**
 * For whole images, behind any encoder: one linear layer on the means of its last maps, of which
 * some may be dropped in training.
 */
final class LinearHead implements TaskHead {
  private final Representation z;
  private final Linear linear;
  private final String task;
  private final HeadDropout dropout;

  LinearHead(
      ParameterBook.Section section,
      NetworkShape.Head shape,
      Representation z,
      HeadDropout dropout) {
    this.z = z;
    this.task = shape.name();
    this.dropout = dropout;
    linear = new Linear(section, "heads." + shape.name(), z.channels(), shape.outputs());
  }

  @Override
  public Tensor apply(Tensor representation, boolean training) {
    return linear.apply(dropout.apply(task, z.means(representation), training));
  }
}
