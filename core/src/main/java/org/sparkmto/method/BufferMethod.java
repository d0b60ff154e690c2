package org.sparkmto.method;

/**
 * A method that combines running averages {@code y_k} of the task gradients {@code g_k} instead of
 * the gradients themselves. The averages lie where the gradients do, each rank holding its slice;
 * the driver sees inner products of both.
 */
public non-sealed interface BufferMethod extends Method {

  /**
   * How the averages take up the gradients.
   *
   * @param gradients the active tasks' gradients; of these, other than in a {@link GramMethod}, any
   *     may be zero
   */
  Blend blend(GradientSystem gradients);

  /**
   * The weights of the averages.
   *
   * @param averages the inner products of the averages after the blend; any may be zero
   */
  TaskWeights weigh(GradientSystem averages);

  /** The average and the gradient. */
  @Override
  default int rowsPerTask() {
    return 2;
  }

  @Override
  default <R> R accept(Visitor<R> visitor) {
    return visitor.buffered(this);
  }
}
