package org.sparkmto.network;

import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * How a batch runs through shared and task-specific parameters. Tensors live in the scope of the
 * caller; a network keeps none but its parameters.
 */
public interface Network {
  /**
   * The shared part.
   *
   * @param inputs one tensor per input column, samples first, normalised
   * @param training whether batch statistics are used and running statistics updated
   * @return the representation z, samples first; everything a head sees of the inputs
   */
  Tensor encode(List<Tensor> inputs, boolean training);

  /**
   * The shared part as blocks one after the other, the last of which gives z: what can be run again
   * before it is differentiated, so that not all of it must be kept. As a whole it is one block,
   * which saves no more than that the encoder's activations and those of the heads are not there at
   * the same time.
   */
  default List<Block> blocks() {
    return List.of((inputs, training) -> List.of(encode(inputs, training)));
  }

  /**
   * One task's head.
   *
   * @param task index of the task
   * @param representation z
   * @return the outputs: samples by classes, or samples by one logit for a binary task; for a task
   *     of pixels by height and width of its target
   */
  Tensor decode(int task, Tensor representation, boolean training);

  /**
   * What one task's head says besides in training, to be compared with its target, too: the loss of
   * the task is then the sum of that of its outputs and of these (deep supervision). Evaluation and
   * predictions do not ask.
   *
   * @param task index of the task
   * @param representation z
   * @return of the form of the outputs, each
   */
  default List<Tensor> early(int task, Tensor representation, boolean training) {
    return List.of();
  }

  /**
   * Whether heads see more of the inputs than one representation at the end of the shared part, or
   * each a part of it that others do not see, so that the Gram matrix of gradients at z is no bound
   * of that of the shared parameters, and methods that compare gradients at z are a heuristic.
   */
  default boolean heuristicRepresentation() {
    return false;
  }

  /**
   * Called once, when parameters are bound and hold what their initialisation says: a network whose
   * weights come with it puts them there, and loads what it needs besides.
   */
  default void start() {}

  /**
   * Tries what can only be seen when it runs, before a run begins, without parameters that are
   * bound.
   *
   * @throws IllegalArgumentException saying in one line what cannot be trained
   */
  default void tryOut() {}

  /**
   * Writes the files that it is made of, where it is made of files, with its weights.
   *
   * @param folder on this machine
   * @return what was written
   */
  default List<Path> save(Path folder) {
    return List.of();
  }

  /** Frees what {@link #start} loaded. */
  default void close() {}
}
