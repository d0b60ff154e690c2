package org.sparkmto.network;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;

/**
 * What the outputs of a head would be if it knew the training split's targets and nothing of an
 * image: where its last bias starts, so that no step is spent on finding it (Lin et al., ICCV 2017,
 * section 3.3, for rare classes).
 */
final class OutputPrior {
  private OutputPrior() {}

  /**
   * The prior of a task: log shares of classes, log-odds of a yes, means of real numbers, which of
   * standardised ones are 0.
   *
   * @return one number for each output; nothing if the training split has no target, or the data
   *     set has not counted them
   */
  static Optional<List<Double>> of(Task task, DatasetManifest manifest, NetworkPlan plan) {
    Optional<List<Double>> guess = ConstantGuess.of(task, manifest);
    return TargetScale.of(task, plan).mean().isEmpty()
        ? guess
        : guess.map(means -> Collections.nCopies(means.size(), 0.0));
  }
}
