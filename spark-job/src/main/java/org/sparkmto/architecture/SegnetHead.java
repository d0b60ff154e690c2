package org.sparkmto.architecture;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;

/** A 3x3 and a 1x1 convolution without anything in between, then the size of the task's map. */
final class SegnetHead {
  private final NetworkShape.Head head;
  private final Convolution inner;
  private final Convolution outer;

  SegnetHead(ParameterBook.Section section, NetworkShape.Head head, long channels) {
    this.head = head;
    String name = "heads." + head.name() + ".pred";
    inner = Convolution.glorot(section, name + ".0", channels, channels, 3);
    outer = Convolution.glorot(section, name + ".1", channels, head.outputs(), 1);
  }

  Tensor apply(Tensor x) {
    return Maps.sized(outer.apply(inner.apply(x)), head.height(), head.width());
  }
}
