package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/** The statistics of a rank's part of the batch: nothing is asked of other ranks. */
final class RankPart extends BatchStatistics {
  static final RankPart ONLY = new RankPart();

  private RankPart() {}

  @Override
  Tensor normalised(Tensor x, BatchNormalisation by) {
    return by.ofItsOwn(x, BatchNormalisation.MOMENTUM);
  }
}
