package org.sparkmto.method;

/** Where the gradients are taken whose inner products a {@link GramMethod} sees. */
public enum Level {
  /**
   * At the output of the shared network, {@code dL_k / dz}. Costs one backward pass through the
   * shared network whatever the number of tasks; an upper bound of the parameter level.
   */
  REPRESENTATION,
  /** At the shared parameters, {@code dL_k / dtheta}. Costs one backward pass per task. */
  PARAMETERS
}
