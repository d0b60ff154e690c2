package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The shared part of one pass: z, and the way back from it to the shared parameters. */
interface Encoding extends AutoCloseable {
  /** z, a leaf of autograd's graph unless that goes on from it. */
  Tensor representation();

  /** Whether autograd's graph goes on from z to the shared parameters. */
  boolean isInGraph();

  /** Layers whose weights' gradients may be asked for as factors. */
  default List<LayerFactors> layers() {
    return List.of();
  }

  /**
   * Backward passes from z on.
   *
   * @param cotangents by task, shaped like z behind the first axis
   * @param again whether the pass will be differentiated once more
   */
  void backward(Tensor cotangents, SharedGradients into, boolean again);

  @Override
  void close();
}
