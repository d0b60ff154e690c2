package org.sparkmto.exchange;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.method.Slices;

/**
 * The ranks of one attempt at a segment, joined for collective operations. Every rank calls the
 * same operations in the same order. All sums are taken in an order that depends on the number of
 * ranks alone, so a repeated run gives the same bits. What is begun goes on while its rank computes
 * or calls other operations; all else is done when a call returns.
 *
 * <p>Every operation waits no longer than the group's deadline and throws {@link ExchangeException}
 * when a peer is lost. Tensors are borrowed until an operation has ended.
 */
public interface RankGroup extends AutoCloseable {
  /** This rank, from 0. */
  int rank();

  /** Number of ranks. */
  int size();

  /** Replaces the values by their sums over all ranks. */
  void sum(double[] values);

  /** Replaces a contiguous tensor of floats or doubles by its sum over all ranks. */
  void sum(Tensor values);

  /** Replaces the values by those of rank 0. */
  void broadcast(double[] values);

  /**
   * Begins to replace a gradient by its sum over all ranks, see {@link Transport}. In the end all
   * ranks have the same bits.
   *
   * @param gradient a contiguous vector of floats
   */
  Underway beginSum(Tensor gradient);

  /**
   * Begins to give every rank the sum, over all ranks, of its own slice of a gradient, see {@link
   * Transport}.
   *
   * @param whole this rank's vector of {@code slices.elements()} floats; unchanged
   * @param own receives the sums; {@code slices.length(rank())} floats that are not among those
   */
  Underway beginSlices(Tensor whole, Tensor own, Slices slices);

  /**
   * Puts the slices of all ranks together again, as they are.
   *
   * @param own this rank's slice, which may lie in its place
   * @param whole receives all of them
   */
  void gatherSlices(Tensor own, Tensor whole, Slices slices);

  /** The same of a gradient, see {@link Transport}: all ranks have the same bits in the end. */
  void gatherGradient(Tensor own, Tensor whole, Slices slices);

  /** Bytes this rank has handed to other ranks so far, counted from the sizes of the messages. */
  long bytesSent();

  /** Ends the group; peers that still wait for this rank fail at once. */
  @Override
  void close();
}
