package org.sparkmto.network;

import java.util.List;
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
   * Of which shared parameters the gradients are asked for; backward passes end behind the last of
   * them.
   */
  default SharedPart part() {
    return SharedPart.ALL;
  }

  /**
   * Layers of whose weights the gradients are asked for as factors; those are no part of {@link
   * #part}. For passes whose {@link RepresentationGradients#layers} these are.
   */
  default List<LayerFactors> layers() {
    return List.of();
  }

  /**
   * Where the cotangent of what comes out of a layer is to be put.
   *
   * @param layer its place among {@link #layers}
   * @return channels x places, borrowed
   */
  default Tensor cotangent(int task, int layer) {
    throw new UnsupportedOperationException(getClass().getName());
  }

  /**
   * Where elements of a task's gradient are to be put, those that are found next; the same vector
   * for several tasks if it likes.
   *
   * @return as many floats as {@link #part} has elements, borrowed until {@link #found}
   */
  Tensor vector(int task);

  /** Whether what is found is added to what the vector holds, instead of replacing it. */
  default boolean adds() {
    return false;
  }

  /**
   * Whether what is found is wanted parameter by parameter while a pass goes on. Worth it for one
   * task alone; of several the next one's pass goes on meanwhile.
   */
  default boolean early() {
    return false;
  }

  /**
   * How many tasks' gradients may be found at once, each in a copy of the pass's samples: memory of
   * so many times the samples is to be had, and their number is small. The same on all ranks.
   */
  default int together() {
    return 1;
  }

  /** Puts a gradient where a backward pass says, as {@link #adds} wants it. */
  default void put(int task, long from, Tensor found) {
    long elements = found.numel();
    Tensor there = vector(task).narrow(0, from, elements);
    Tensor flat = found.reshape(elements);
    if (adds()) {
      there.add_(flat);
    } else {
      there.copy_(flat);
    }
  }

  /**
   * Hears that elements {@code from} to {@code to - 1} of that vector are the task's now. Over a
   * pass every element is found once for every task.
   */
  void found(int task, long from, long to);

  /**
   * Takes the gradients of another piece of the batch, and adds them to those that this has taken.
   * The vectors that it gives may have been written to before.
   *
   * @throws UnsupportedOperationException if this takes the gradients of whole batches only
   */
  default SharedGradients further() {
    throw new UnsupportedOperationException(getClass().getName());
  }
}
