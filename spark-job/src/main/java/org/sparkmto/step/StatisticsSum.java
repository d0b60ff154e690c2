package org.sparkmto.step;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.network.BatchStatistics;

/**
 * The ranks' sum of what batch normalisation knows of a batch. In a backward pass libtorch calls
 * it, and of what is thrown then only the words come out; it is kept here.
 */
final class StatisticsSum implements BatchStatistics.RankSum {
  private final RankGroup group;
  private RuntimeException failure;

  StatisticsSum(RankGroup group) {
    this.group = group;
  }

  @Override
  public void over(Tensor values) {
    try {
      group.sum(values);
    } catch (RuntimeException e) {
      failure = e;
      throw e;
    }
  }

  /** Why a step failed, which is another exception than it ended with if a sum did. */
  RuntimeException reason(RuntimeException end) {
    return failure == null ? end : failure;
  }
}
