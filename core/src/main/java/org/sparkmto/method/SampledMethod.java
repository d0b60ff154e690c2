package org.sparkmto.method;

/**
 * A method that needs gradients of several independent samples in one step. The global batch is cut
 * into as many parts; the sample at position p of the batch belongs to part {@code p mod parts}.
 */
public non-sealed interface SampledMethod extends Method {

  /** The number of parts, at least 2. */
  @Override
  int parts();

  /** The weights of the active tasks' gradients: all of part 0, then all of part 1, and so on. */
  TaskWeights weigh(PartSystem tasks);

  @Override
  default int rowsPerTask() {
    return parts();
  }

  @Override
  default <R> R accept(Visitor<R> visitor) {
    return visitor.sampled(this);
  }
}
