package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/**
 * A loss as the sum over the labelled elements of a batch. It is a sum, not a mean, because the
 * mean over a batch that is spread over ranks divides by the labels of all ranks.
 */
interface TaskLoss {
  /**
   * The sum.
   *
   * @param outputs what the head said, samples by outputs
   * @param labels one label per sample, int64
   * @param missing the label that stands for "no label"
   * @param complete whether every sample is labelled
   * @return a scalar tensor; zero without gradient contributions if nothing is labelled
   */
  Tensor sum(Tensor outputs, Tensor labels, int missing, boolean complete);

  /** Outputs that a head needs for this many classes. */
  int outputs(int classes);
}
