package org.sparkmto.architecture;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.NetworkShape;
import org.sparkmto.network.ParameterBook;

/** What one task has for itself: the way from z to its outputs. */
@FunctionalInterface
interface TaskHead {
  /**
   * One task's outputs.
   *
   * @param z the network's representation, read by way of {@link Representation}
   * @return {@code samples x outputs}, for a task of pixels by height and width of its target
   */
  Tensor apply(Tensor z, boolean training);

  /** A kind of head, for any encoder whose z has what it reads. */
  @FunctionalInterface
  interface Kind {
    /**
     * Declares a head.
     *
     * @param section where its parameters are declared; their names begin with {@code heads.} and
     *     that of the task
     * @param shape what it must give
     * @param z what it can read
     */
    TaskHead build(ParameterBook.Section section, NetworkShape.Head shape, Representation z);
  }
}
