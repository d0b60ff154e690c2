package org.sparkmto.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sparkmto.options.ConfigurationException;

/**
 * Where a run begins: at nothing, in an empty directory, or at the checkpoint of an earlier try.
 */
final class RunStart {
  private final RunPlan plan;
  private final RunDirectory directory;
  private final Checkpoints checkpoints;

  RunStart(RunPlan plan, RunDirectory directory) {
    this.plan = plan;
    this.directory = directory;
    this.checkpoints = new Checkpoints(directory);
  }

  /**
   * Makes the directory ready.
   *
   * @return the checkpoint to go on from; absent for a run that starts anew
   * @throws ConfigurationException if the directory is not what the start asks for, or the
   *     checkpoint is of another run; nothing was done then
   */
  Optional<Checkpoint> begin(TrainingRun.Start start) {
    if (start == TrainingRun.Start.OVERWRITE && directory.exists()) {
      if (directory.read(RunDirectory.CONFIGURATION).isEmpty()) {
        throw new ConfigurationException(
            directory.name() + " is not the directory of a run, so it will not be overwritten");
      }
      directory.delete();
    }
    Optional<Checkpoint> from = Optional.empty();
    if (start == TrainingRun.Start.RESUME) {
      from = checkpoints.latest();
      from.ifPresent(this::refuseOther);
      from.ifPresent(checkpoints::verify);
    } else if (directory.exists()) {
      throw new ConfigurationException(
          directory.name() + " is not empty; give --resume to go on or --overwrite to start anew");
    }
    return from;
  }

  private void refuseOther(Checkpoint checkpoint) {
    // Not as it was written: keys of later versions then have their defaults.
    Map<String, String> then = TrainingConfiguration.parse(checkpoint.configuration()).identity();
    Map<String, String> now = plan.configuration().identity();
    List<String> differences = new ArrayList<>();
    TreeMap<String, String> all = new TreeMap<>(then);
    all.putAll(now);
    for (String key : all.keySet()) {
      String before = then.getOrDefault(key, "unset");
      String after = now.getOrDefault(key, "unset");
      if (!before.equals(after)) {
        differences.add(key + " was " + before + " and is " + after);
      }
    }
    plan.data()
        .forEach(
            (key, value) -> {
              if (!key.equals("directory") && !value.equals(checkpoint.data().get(key))) {
                differences.add("the data set's " + key + " is another");
              }
            });
    if (!differences.isEmpty()) {
      throw new ConfigurationException(
          "cannot resume "
              + directory.name()
              + ": "
              + String.join("; ", differences)
              + "; use the run's own settings or --overwrite");
    }
  }
}
