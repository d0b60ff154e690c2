package org.sparkmto.architecture;

import java.util.List;
import java.util.stream.IntStream;
import org.sparkmto.network.Block;

/**
 * What all tasks share in a network of maps. It declares the maps that it gives; what heads read of
 * them is made by {@link Representation}, so that any encoder goes with any kind of head.
 */
interface Encoder {
  /** The maps that it gives for a sample, in order. */
  List<PackedMaps.Size> sizes();

  /**
   * Which of the maps are its end, by their places in {@link #sizes}: those that nothing shared
   * reads any more. All of them, unless an encoder also shows what lies on its way. Every shared
   * parameter has a part in one of them.
   */
  default List<Integer> ends() {
    return IntStream.range(0, sizes().size()).boxed().toList();
  }

  /**
   * What it computes, block after block: the first is given the only input, samples by channels,
   * height and width; the last gives for each declared size {@code samples x channels x height x
   * width}.
   */
  List<Block> blocks();
}
