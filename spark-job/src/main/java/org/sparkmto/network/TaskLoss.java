package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/**
 * A loss as the sum over the labelled elements of a batch. It is a sum, not a mean, because the
 * mean over a batch that is spread over ranks divides by the labels of all ranks.
 */
public interface TaskLoss {
  /**
   * The sum. The caller's scope owns every tensor that is made here, and closes it; computed with
   * libtorch's functions, so that a gradient by the outputs can be taken.
   *
   * @param outputs what the head said: samples by outputs, by height and width for tasks of pixels
   * @param target what is true
   * @return a scalar tensor; zero without gradient contributions if nothing is labelled
   */
  Tensor sum(Tensor outputs, Target target);
}
