package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A part of what a network computes before z, in a row of such parts: what {@code network.recompute
 * = blocks} runs again before it is differentiated. What stands between two blocks is a list of
 * tensors; a block gives all that a later one reads, also what it only passes on, which it then
 * gives as the object that it got.
 *
 * <p>A block is a function of the tensors that it is given, the parameters and whether it trains,
 * but for running statistics. It changes nothing of what it is given in place, and no shared
 * parameter has a part in two blocks.
 */
@FunctionalInterface
public interface Block {
  /**
   * Runs it.
   *
   * @param given what the block before gave; the inputs of the network for the first
   * @return for the next one; z alone if there is none
   */
  List<Tensor> apply(List<Tensor> given, boolean training);

  /** One tensor made of one. */
  @FunctionalInterface
  interface Layers {
    /** Runs them. */
    Tensor apply(Tensor x, boolean training);
  }

  /** Runs blocks one after the other. */
  static List<Tensor> all(List<Block> blocks, List<Tensor> inputs, boolean training) {
    List<Tensor> tensors = inputs;
    for (Block block : blocks) {
      tensors = block.apply(tensors, training);
    }
    return tensors;
  }

  /** Puts what layers make of the last tensor into its place. */
  static Block replacing(Layers layers) {
    return (given, training) -> at(given.size() - 1, layers).apply(given, training);
  }

  /** Puts what layers make of the last tensor behind it, for later blocks that read both. */
  static Block adding(Layers layers) {
    return (given, training) -> {
      List<Tensor> tensors = new ArrayList<>(given);
      tensors.add(layers.apply(given.get(given.size() - 1), training));
      return tensors;
    };
  }

  /** Puts what layers make of one of the tensors into its place. */
  static Block at(int place, Layers layers) {
    return (given, training) -> {
      List<Tensor> tensors = new ArrayList<>(given);
      tensors.set(place, layers.apply(given.get(place), training));
      return tensors;
    };
  }
}
