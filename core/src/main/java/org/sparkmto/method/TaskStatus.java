package org.sparkmto.method;

/** What became of a task in one step. */
public enum TaskStatus {
  /** The method weighed it. */
  ACTIVE,
  /** The global batch holds no label of it: weights 0, state untouched. */
  UNLABELLED,
  /**
   * Its gradient is zero, or its inner products are known and it is shorter than 2^-96 (1e-29) of
   * the step's longest, which is as good as zero: nothing to weigh in the shared part, where it
   * gets the equal weight; head weight 1, state untouched.
   */
  ZERO_GRADIENT,
  /** Its loss or gradient is infinite or NaN: weights 0. Never multiply its gradient, even by 0. */
  NOT_FINITE
}
