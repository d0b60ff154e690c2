package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.TargetRange;
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
    if (task.kind().hasLabels()) {
      return TrainingLabels.of(task, manifest).flatMap(TrainingLabels::prior);
    }
    TargetRange range = manifest.ranges().get(task.name());
    if (range == null || range.channels().stream().allMatch(channel -> channel.valid() == 0)) {
      return Optional.empty();
    }
    TargetScale scale = TargetScale.of(task, plan);
    List<Double> means = new ArrayList<>();
    for (TargetRange.Channel channel : range.channels()) {
      boolean known = channel.valid() > 0 && scale.mean().isEmpty();
      means.add(known ? channel.mean() : 0.0);
    }
    return Optional.of(means);
  }
}
