package org.sparkmto.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.TargetRange;
import org.sparkmto.data.Task;

/**
 * What a network would say of every image if it knew the training split's targets and looked at
 * none: what every trained network has to be better than.
 */
public final class ConstantGuess {
  private ConstantGuess() {}

  /**
   * The outputs of a task: log shares of classes, log-odds of a yes, means of real numbers in the
   * unit of the target.
   *
   * @return one number for each output, of maps for each channel; nothing if the training split has
   *     no target, or the data set has not counted them
   */
  public static Optional<List<Double>> of(Task task, DatasetManifest manifest) {
    if (task.kind().hasLabels()) {
      return TrainingLabels.of(task, manifest).flatMap(TrainingLabels::prior);
    }
    TargetRange range = manifest.ranges().get(task.name());
    if (range == null || range.channels().stream().allMatch(channel -> channel.valid() == 0)) {
      return Optional.empty();
    }
    List<Double> means = new ArrayList<>();
    for (TargetRange.Channel channel : range.channels()) {
      means.add(channel.valid() > 0 ? channel.mean() : 0.0);
    }
    return Optional.of(means);
  }
}
