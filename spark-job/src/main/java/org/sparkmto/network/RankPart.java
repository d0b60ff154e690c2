package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/** The statistics of a rank's part of the batch: nothing is asked of other ranks. */
final class RankPart extends BatchStatistics {
  static final RankPart ONLY = new RankPart();

  /** For samples of several tasks: one formula of them is enough. Made where it is needed. */
  private static final class Alone {
    static final WholeBatch BATCH = new WholeBatch(values -> {});
  }

  private RankPart() {}

  @Override
  Tensor normalised(Tensor x, BatchNormalisation by) {
    return by.isOfTasks()
        ? Alone.BATCH.normalised(x, by)
        : by.ofItsOwn(x, BatchNormalisation.MOMENTUM);
  }
}
