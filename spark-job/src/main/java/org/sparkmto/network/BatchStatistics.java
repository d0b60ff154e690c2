package org.sparkmto.network;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Over which samples batch normalisation takes its statistics in training. In evaluation, and where
 * they are frozen, the running statistics stand for them in any case.
 */
public abstract sealed class BatchStatistics permits RankPart, GhostGroups, WholeBatch {
  BatchStatistics() {}

  /** Adds up over all ranks. */
  @FunctionalInterface
  public interface RankSum {
    /**
     * Replaces the elements of a tensor by their sums over all ranks. Every rank calls it as often,
     * for tensors of the same form.
     *
     * @param values contiguous, of floats or doubles; borrowed
     */
    void over(Tensor values);
  }

  /** Those of a rank's part of the batch, as in PyTorch's data parallel training. */
  public static BatchStatistics ofRank() {
    return RankPart.ONLY;
  }

  /**
   * Those of groups of consecutive samples (ghost batch normalisation, Hoffer et al., NeurIPS
   * 2017).
   *
   * @param samples of a group; every pass is of whole groups
   */
  public static BatchStatistics ofGroups(int samples) {
    return new GhostGroups(samples);
  }

  /**
   * Those of the whole batch: what ranks know of it is added up, on the way there and back. Where
   * tasks have each a batch normalisation of their own, those of the batch's samples of each task.
   */
  public static BatchStatistics ofBatch(RankSum sum) {
    return new WholeBatch(sum);
  }

  /**
   * A batch normalised in training; the running statistics are moved.
   *
   * @param x samples by channels, and what axes there are besides
   * @return in the scope of the caller
   */
  abstract Tensor normalised(Tensor x, BatchNormalisation by);

  /** Something of which nothing but the result, and what its graph keeps, is to be left. */
  interface Work {
    Tensor result();
  }

  /** Does it in a scope of its own within that of the caller. */
  static Tensor lasting(Work work) {
    PointerScope callers = PointerScope.getInnerScope();
    try (PointerScope own = new PointerScope()) {
      Tensor result = new Tensor(work.result());
      callers.attach(result);
      return result;
    }
  }
}
