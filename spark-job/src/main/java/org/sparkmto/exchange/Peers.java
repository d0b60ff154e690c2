package org.sparkmto.exchange;

import org.bytedeco.pytorch.Tensor;

/** The other ranks of a group, as those to whom pieces are sent and from whom others come. */
interface Peers {
  /** This rank, from 0. */
  int rank();

  /** Number of ranks. */
  int size();

  /**
   * Begins to send pieces and to receive others. Every rank calls it as often, and receives of each
   * as much as that sends. Tensors are contiguous and held until the end.
   *
   * @param what it is, for the words of a failure
   * @param to by rank, what it is sent; null for nothing, as for this rank itself
   * @param from by rank, where to put what it sends; null for nothing
   */
  Underway swap(String what, Tensor[] to, Tensor[] from);
}
