package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/**
 * Takes the tasks' gradients with respect to the shared parameters as a backward pass finds them:
 * one task after the other, or, where blocks are run again, block after block and in each the
 * tasks, so that no more than a vector for them all needs to be at hand.
 */
public interface SharedGradients {
  /** Whether a task's gradient is asked for. */
  boolean wants(int task);

  /**
   * Where elements of a task's gradient are to be put, those that are found next; the same vector
   * for several tasks if it likes.
   *
   * @return {@link ParameterLayout#shared} floats, borrowed until {@link #found}
   */
  Tensor vector(int task);

  /**
   * Hears that elements {@code from} to {@code to - 1} of that vector are the task's now. Over a
   * pass every element is found once for every task.
   */
  void found(int task, long from, long to);
}
