package org.sparkmto.architecture;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;

/** What a task says of a map: a 1x1 convolution, or a linear layer on its means. */
final class MapAnswer {
  private final NetworkShape.Head head;
  private final Convolution pixels;
  private final Linear whole;

  MapAnswer(ParameterBook.Section section, String name, NetworkShape.Head head, long in) {
    this.head = head;
    String last = name + ".conv_out";
    pixels = head.hasPixels() ? Convolution.biased(section, last, in, head.outputs(), 1, 0) : null;
    whole = head.hasPixels() ? null : new Linear(section, last, in, head.outputs());
  }

  /** The answer of which means are changed before they are read. */
  Tensor apply(Tensor map, UnaryOperator<Tensor> means) {
    return pixels == null
        ? whole.apply(means.apply(Representation.mean(map)))
        : Maps.sized(pixels.apply(map), head.height(), head.width());
  }
}
