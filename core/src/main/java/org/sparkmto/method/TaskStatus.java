package org.sparkmto.method;

/** What became of a task in one step. */
public enum TaskStatus {
  /** The method weighed it. */
  ACTIVE,
  /** The global batch holds no label of it: weights 0, state untouched. */
  UNLABELLED,
  /** Its gradient is exactly zero: nothing to weigh in the shared part, head weight 1. */
  ZERO_GRADIENT,
  /** Its loss or gradient is infinite or NaN: weights 0. Never multiply its gradient, even by 0. */
  NOT_FINITE
}
