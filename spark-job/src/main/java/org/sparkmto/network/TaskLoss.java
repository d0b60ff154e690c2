package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Task;

/**
 * A loss as the sum over the labelled elements of a batch. It is a sum, not a mean, because the
 * mean over a batch that is spread over ranks divides by the labels of all ranks.
 */
interface TaskLoss {
  /**
   * The sum.
   *
   * @param outputs what the head said: samples by outputs, by height and width for tasks of pixels
   * @param target what is true
   * @return a scalar tensor; zero without gradient contributions if nothing is labelled
   */
  Tensor sum(Tensor outputs, Target target);

  /** Outputs that a head needs, for each sample or pixel. */
  default int outputs(Task task) {
    return task.classes();
  }
}
