package org.sparkmto.step;

import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.random.Draws;

/** What a look keeps of gradients of the shared parameters to know their inner products. */
public interface LookRows extends AutoCloseable {
  /** Begins a look, in which all blocks are filled. */
  default void begin(Draws ofLook) {}

  /**
   * Fills a block of rows with the gradients of the mean losses, of which the pass can still be
   * differentiated afterwards. Rows of tasks without a label become zero.
   *
   * @param gradients at the representation; no more than a block has rows
   * @param labelled label counts of all ranks, one for each row
   */
  void look(int block, RepresentationGradients gradients, double[] labelled);

  /** What a look kept and moved. */
  record Size(long floats, long movedByTwo) {}

  /** Floats that the last look kept of gradients, and that each of two ranks sends for one. */
  Size size();

  /** The inner products of all rows of all blocks, over all ranks. */
  SymmetricMatrix gram();

  @Override
  void close();
}
